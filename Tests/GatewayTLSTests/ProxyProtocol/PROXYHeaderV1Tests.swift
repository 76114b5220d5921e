import NIOCore
import Testing

@testable import GatewayTLS

/// Clauses are of the specification's section 2.1.
@Suite("PROXY protocol version 1")
struct PROXYHeaderV1Tests {
    @Test("TCP over IPv4, and nothing after the line belongs to it")
    func tcp4() throws {
        let line = "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n"
        let (header, consumed) = try PROXYHeaders.read(Array((line + "GET / HTTP/1.1\r\n").utf8))
        #expect(consumed == line.utf8.count)
        #expect(header.version == .v1 && header.command == .proxy)
        #expect(header.source?.ipAddress == "192.168.0.1" && header.source?.port == 56_324)
        #expect(header.destination?.ipAddress == "192.168.0.11" && header.destination?.port == 443)
    }

    @Test("TCP over IPv6, in either case, with and without a double colon")
    func tcp6() throws {
        let full = Array(repeating: "ffff", count: 8).joined(separator: ":")
        // "worst case": 104 bytes.
        let line = "PROXY TCP6 \(full) \(full) 65535 65535\r\n"
        #expect(line.utf8.count == 104)
        #expect(try PROXYHeaders.read(Array(line.utf8)).header.source?.ipAddress == full)
        let short = try PROXYHeaders.read(Array("PROXY TCP6 2001:DB8::a ::1 0 1\r\n".utf8)).header
        #expect(short.source?.ipAddress == "2001:db8::a" && short.source?.port == 0)
    }

    @Test("UNKNOWN: what follows is ignored, up to the longest line of 107 bytes")
    func unknown() throws {
        for line in [
            "PROXY UNKNOWN\r\n", "PROXY UNKNOWN \r\n", "PROXY UNKNOWN anything 1 2 3 4 5\r\n",
            "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n",
            "PROXY UNKNOWN \(String(repeating: "x", count: 91))\r\n",
        ] {
            let (header, consumed) = try PROXYHeaders.read(Array(line.utf8))
            #expect(consumed == line.utf8.count && header.source == nil && header.destination == nil)
        }
    }

    @Test("a line of more than 107 bytes is refused before it has come in full")
    func tooLong() {
        let line = "PROXY UNKNOWN \(String(repeating: "x", count: 92))\r\n"
        #expect(line.utf8.count == 108)
        #expect(PROXYHeaders.error(Array(line.utf8)) == .tooLong)
        #expect(PROXYHeaders.error(Array(line.utf8.prefix(107))) == .tooLong)
    }

    @Test(
        "anything but the exact form is refused",
        arguments: [
            "PROXY \r\n", "PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n", "PROXY UNKNOWNX\r\n",
            "PROXY tcp4 1.2.3.4 1.2.3.4 1 1\r\n", "PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n",
            // One space between fields, none at the end.
            "PROXY TCP4  1.2.3.4 1.2.3.4 1 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n", "PROXY TCP4\r\n",
            "PROXY TCP4\t1.2.3.4 1.2.3.4 1 1\r\n",
            // Addresses of the family named; no leading zeros.
            "PROXY TCP4 ::1 ::1 1 1\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n",
            "PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n", "PROXY TCP4 1.2.3.256 1.2.3.4 1 1\r\n",
            "PROXY TCP4 1.2.3.04 1.2.3.4 1 1\r\n", "PROXY TCP4 1.2.3.4.5 1.2.3.4 1 1\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3. 1 1\r\n", "PROXY TCP4 1.2.3.+4 1.2.3.4 1 1\r\n",
            "PROXY TCP6 ::1%lo ::1 1 1\r\n", "PROXY TCP6 ::ffff:1.2.3.4 ::1 1 1\r\n",
            "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 1\r\n", "PROXY TCP6 :::1 ::1 1 1\r\n",
            // Ports of 0 to 65535, no leading zeros.
            "PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 -1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 0x1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 000000 1\r\n",
            // CR LF and nothing else ends the line.
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\rX\n",
            "PROXY TCP4 1.2.3.4\r 1.2.3.4 1 1\r\n",
        ])
    func malformed(_ line: String) {
        #expect(PROXYHeaders.error(Array(line.utf8)) == .malformedLine)
    }

    @Test(
        "bytes of neither version are refused at the first that differs",
        arguments: ["PROXX", "GET ", "\u{16}", "proxy ", "\r\n\r\nX", "P\0", "PROXY\r\n"])
    func neither(_ text: String) { #expect(PROXYHeaders.error(Array(text.utf8)) == .notAHeader) }
}
