import FuzzDriver
import GatewayTLS
import NIOCore

// What comes before TLS: a PROXY header if the first byte's bit 0 says so, then the first bytes. The other bits
// say how they are cut. However they are cut, the outcome is the same, and a header is exactly consumed.

enum Outcome: Equatable {
    case unfinished
    case tls([UInt8], PROXYHeader?)
    case plaintext
    case refused(ConnectionPreamble.Refusal)
}

func read(_ bytes: UnsafeRawBufferPointer, proxied: Bool, piece: Int) -> Outcome {
    var preamble = ConnectionPreamble(
        proxy: proxied ? PROXYProtocol(trustedPeers: []) : nil, expectsTLS: true)
    var header: PROXYHeader?
    var used = 0
    while used < bytes.count {
        let count = min(piece, bytes.count - used)
        var step = preamble.receive(
            ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes[used..<used + count])))
        used += count
        if case .proxied(let found) = step {
            header = found
            step = preamble.next()
        }
        switch step {
        case .needMore, .proxied: continue
        case .tls(let first):
            return .tls(Array(first.readableBytesView) + Array(bytes[used...]), header)
        case .plaintext: return .plaintext
        case .refused(let refusal): return .refused(refusal)
        }
    }
    return .unfinished
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: data + 1, count: count - 1)
    let proxied = data[0] & 1 == 1
    let whole = read(bytes, proxied: proxied, piece: .max)
    precondition(whole == read(bytes, proxied: proxied, piece: 1 + Int(data[0] >> 1)), "pieces matter")
    if case .tls(let rest, let header) = whole {
        precondition(rest.first == 0x16 && rest.count <= bytes.count, "these are not the bytes that came")
        _ = header.map { "\($0)" }
    }
    return 0
}

_ = runFuzzer(test)
