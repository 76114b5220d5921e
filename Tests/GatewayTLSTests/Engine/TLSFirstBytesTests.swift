import GatewayTLS
import Testing

@Suite("The first bytes on a TLS port")
struct TLSFirstBytesTests {
    @Test(
        "are told apart",
        arguments: [
            ([], .needMore), ([0x16], .needMore), ([0x16, 3], .needMore), ([0x16, 3, 1, 0, 5], .needMore),
            ([0x16, 3, 1, 0, 5, 1], .tls), ([0x16, 3, 3, 0x40, 0, 1], .tls), ([0x16, 3, 4, 1, 0, 1], .tls),
            // Not a version, no length, too long, not a ClientHello.
            ([0x16, 2], .other), ([0x16, 3, 5], .other), ([0x16, 3, 1, 0, 0, 1], .other),
            ([0x16, 3, 1, 0x41, 1, 1], .other), ([0x16, 3, 1, 0, 5, 2], .other),
            // An alert first, SSL 2, SSH.
            ([0x15, 3, 1, 0, 2, 2], .other), ([0x80, 0x2e, 1, 3, 1], .other),
            (Array("GET / HTTP/1.1".utf8), .http), (Array("POST".utf8), .http),
            ([0x10, 16, 0, 4, 0x4d, 0x51, 0x54, 0x54], .plainMQTT), ([0x10], .plainMQTT), ([0], .other),
        ] as [([UInt8], TLSFirstBytes)])
    func classify(_ bytes: [UInt8], _ expected: TLSFirstBytes) {
        #expect(bytes.withUnsafeBytes(TLSFirstBytes.classify) == expected)
    }
}
