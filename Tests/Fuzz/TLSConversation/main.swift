import FuzzDriver
import GatewayTLS
import NIOCore
import X509Auth

// A live conversation of two engines, on which the input acts: it cuts, alters, drops, repeats and inserts
// bytes on their way, makes either side send, pause, close or lose its transport. Without any of that the
// handshake and both streams go through, so that an input reaches every state. Whatever it does, nobody
// receives anything but a prefix of what the other side sent, and bytes that come after a failure are refused.

let authority = try CertificateAuthority.create(
    commonName: "fuzz", notBefore: 1_700_000_000, notAfter: CertificateAuthority.deviceNotAfter
).0
let now: Int64 = 1_700_000_001

func credential(_ issued: IssuedCredential) throws -> TLSCredential {
    try TLSCredential(certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM)
}

let device = try credential(
    authority.issueDevice(
        commonName: "device", notBefore: 1_700_000_000, notAfter: CertificateAuthority.deviceNotAfter))
let gateway = try credential(
    authority.issueServer(
        commonName: "gateway.test", dnsNames: ["gateway.test"], notBefore: 1_700_000_000,
        notAfter: CertificateAuthority.deviceNotAfter))
let serverContext = try TLSContext(
    server: TLSServerConfiguration(
        credentials: [gateway], versions: .v1_0 ... .v1_3, applicationProtocols: ["mqtt"],
        clientCertificate: .optional, verifyClient: { _ in .accept }))
let clientContexts = try TLSVersion.allCases.map { version in
    try TLSContext(
        client: TLSClientConfiguration(
            credential: device, versions: version...version, serverName: "gateway.test",
            applicationProtocols: ["mqtt"], verification: .dangerouslyNone))
}

final class Side {
    let engine: TLSEngine
    let scratch = TLSScratch(size: 16_384)
    var incoming: [UInt8] = []
    var received: [UInt8] = []
    var sent: [UInt8] = []
    var pauses = false

    init(_ context: TLSContext) throws { engine = try TLSEngine(context: context) }

    func deliver(_ count: Int, to other: Side) {
        let bytes = Array(incoming.prefix(count))
        incoming.removeFirst(bytes.count)
        answer(other) { output throws(TLSError) in
            let failure = bytes.withUnsafeBytes { bytes -> TLSError? in
                do throws(TLSError) {
                    try engine.receive(bytes, scratch: scratch, output: &output, onPlaintext: take)
                    return nil
                } catch { return error }
            }
            if let failure { throw failure }
        }
    }

    func resume(_ other: Side) {
        pauses = false
        answer(other) { output throws(TLSError) in
            try engine.resumeReading(scratch: scratch, output: &output, onPlaintext: take)
        }
    }

    func send(_ count: Int, to other: Side) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: sent.count + $0) }
        var output = ByteBuffer()
        let failure = bytes.withUnsafeBytes { bytes -> TLSError? in
            do throws(TLSError) {
                try engine.send(bytes, output: &output)
                return nil
            } catch { return error }
        }
        if failure == nil { sent += bytes }
        other.incoming += output.readableBytesView
    }

    func close(_ other: Side) {
        var output = ByteBuffer()
        engine.closeOutput(output: &output)
        other.incoming += output.readableBytesView
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> TLSReadDemand {
        precondition(engine.evidence != nil, "plaintext before the end of the handshake")
        received += bytes
        return pauses ? .pause : .continue
    }

    private func answer(_ other: Side, _ body: (inout ByteBuffer) throws(TLSError) -> Void) {
        var output = ByteBuffer()
        do throws(TLSError) { try body(&output) } catch {
            guard case .failed = engine.state else {
                preconditionFailure("a failure left no trace: \(error)")
            }
            _ = error.description
        }
        other.incoming += output.readableBytesView
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 1 else { return 0 }
    let mode = data[0]
    guard let server = try? Side(serverContext), let client = try? Side(clientContexts[Int(mode & 3)]) else {
        return 0
    }
    var hello = ByteBuffer()
    try? client.engine.start(scratch: client.scratch, output: &hello)
    server.incoming += hello.readableBytesView
    var input = UnsafeBufferPointer(start: data + 1, count: count - 1)[...]
    func next() -> Int { input.popFirst().map(Int.init) ?? 0 }
    // So many undisturbed flights first.
    for _ in 0..<Int(mode >> 2 & 7) {
        server.deliver(.max, to: client)
        client.deliver(.max, to: server)
    }
    while !input.isEmpty {
        let operation = next()
        let (side, other) = operation & 1 == 0 ? (server, client) : (client, server)
        switch operation >> 1 & 15 {
        case 0, 1: side.deliver(next(), to: other)
        case 2, 3: side.deliver(.max, to: other)
        case 4:
            guard !side.incoming.isEmpty else { continue }
            let index = (next() << 8 | next()) % side.incoming.count
            side.incoming[index] ^= UInt8(next())
        case 5: side.incoming.removeFirst(min(next(), side.incoming.count))
        case 6: side.incoming.insert(contentsOf: side.incoming.prefix(next()), at: 0)
        case 7, 8:
            let bytes = input.prefix(next())
            input = input.dropFirst(bytes.count)
            side.incoming += bytes
        case 9: side.send(next(), to: other)
        case 10: side.send(next() << 8, to: other)
        case 11: side.close(other)
        case 12: _ = side.engine.receivedEndOfStream()
        case 13: side.pauses = true
        case 14: side.resume(other)
        default: if side.incoming.count > 1 { side.incoming.swapAt(0, side.incoming.count - 1) }
        }
    }
    precondition(client.sent.starts(with: server.received), "the server received what was not sent")
    precondition(server.sent.starts(with: client.received), "the client received what was not sent")
    return 0
}

_ = runFuzzer(test)
