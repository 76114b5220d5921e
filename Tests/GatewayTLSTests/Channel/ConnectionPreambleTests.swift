import NIOCore
import Testing

@testable import GatewayTLS

@Suite("What comes before the first byte of TLS")
struct ConnectionPreambleTests {
    private static let hello: [UInt8] = [0x16, 3, 1, 0, 200, 1, 0, 0]
    private static let proxy = PROXYProtocol(trustedPeers: [])

    /// Everything a preamble says about bytes that come in pieces of a size.
    private func steps(
        _ bytes: [UInt8], proxy: PROXYProtocol?, expectsTLS: Bool = true, pieces: Int
    ) -> [ConnectionPreamble.Step] {
        var preamble = ConnectionPreamble(proxy: proxy, expectsTLS: expectsTLS)
        var steps: [ConnectionPreamble.Step] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var step = preamble.receive(ByteBuffer(bytes: rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
            while case .proxied = step {
                steps.append(step)
                step = preamble.next()
            }
            if case .needMore = step { continue }
            steps.append(step)
            break
        }
        return steps
    }

    private func tls(_ step: ConnectionPreamble.Step?) -> [UInt8]? {
        if case .tls(let bytes)? = step { Array(bytes.readableBytesView) } else { nil }
    }

    @Test("TLS begins with all bytes there are", arguments: [1, 2, 5, 6, 8])
    func plainTLS(_ pieces: Int) {
        let steps = steps(Self.hello, proxy: nil, pieces: pieces)
        #expect(steps.count == 1)
        let first = tls(steps.first)
        #expect(first?.count ?? 0 >= 6 && Self.hello.starts(with: first ?? []))
    }

    @Test("a PROXY header, then TLS; in one piece and in many", arguments: [1, 7, 28, 33, 100])
    func proxied(_ pieces: Int) throws {
        let header = PROXYHeaders.v2()
        let steps = steps(header + Self.hello, proxy: Self.proxy, pieces: pieces)
        #expect(steps.count == 2)
        guard case .proxied(let seen)? = steps.first else {
            Issue.record("no header")
            return
        }
        #expect(seen == (try PROXYHeaders.read(header).header))
        #expect(tls(steps.last)?.starts(with: Self.hello.prefix(6)) == true)
    }

    @Test("a PROXY header, then plaintext, even none")
    func proxiedPlaintext() {
        for behind in [[], [0x10, 1]] as [[UInt8]] {
            let steps = steps(
                Array("PROXY UNKNOWN\r\n".utf8) + behind, proxy: Self.proxy, expectsTLS: false, pieces: 100)
            guard case .plaintext(let bytes)? = steps.last else {
                Issue.record("no plaintext")
                continue
            }
            #expect(Array(bytes.readableBytesView) == behind)
        }
    }

    @Test("a header where none is required is garbage, and required where there is none as well")
    func unexpected() {
        func refusal(_ bytes: [UInt8], _ proxy: PROXYProtocol?) -> AcceptEvent? {
            guard case .refused(let refusal)? = steps(bytes, proxy: proxy, pieces: 1).last else { return nil }
            #expect(!refusal.error.message.isEmpty)
            return refusal.event
        }
        #expect(refusal(PROXYHeaders.v2() + Self.hello, nil) == .notTLS)
        // "PROXY" could as well be the method of an HTTP request.
        #expect(refusal(Array("PROXY UNKNOWN\r\n".utf8), nil) == .http)
        #expect(refusal(Self.hello, Self.proxy) == .invalidProxyHeader)
        #expect(refusal(PROXYHeaders.v2() + Array("GET /".utf8), Self.proxy) == .http)
        #expect(refusal(PROXYHeaders.v2() + [0x10, 12], Self.proxy) == .plainMQTT)
        #expect(refusal(PROXYHeaders.v2() + PROXYHeaders.v2(), Self.proxy) == .notTLS)
    }
}
