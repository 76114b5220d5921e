import NIOCore

/// The human-readable header (section 2.1):
/// `PROXY TCP4 192.0.2.1 198.51.100.2 56324 443` and CR LF.
enum PROXYHeaderV1 {
    /// Reads what there is of a line that begins with "PROXY ".
    ///
    /// - Returns: nil while its end has not come.
    static func read(_ line: [UInt8]) throws(PROXYHeaderError) -> PROXYHeader? {
        guard line.last == 0x0a else {
            guard line.count < PROXYHeaderParser.maximumLineLength else {
                throw PROXYHeaderError(
                    .tooLong, at: line.count,
                    "a version 1 header ends after \(PROXYHeaderParser.maximumLineLength) bytes at most")
            }
            if line.count > 1, line[line.count - 2] == 0x0d {
                throw malformed(line.count - 1, "CR without LF")
            }
            return nil
        }
        guard line.count > 1, line[line.count - 2] == 0x0d else {
            throw malformed(line.count - 1, "LF without CR")
        }
        return try fields(line.dropLast(2))
    }

    private static func fields(_ line: ArraySlice<UInt8>) throws(PROXYHeaderError) -> PROXYHeader {
        var fields = line.split(separator: 0x20, omittingEmptySubsequences: false).dropFirst()
        let start = PROXYHeaderParser.linePrefix.count
        guard let family = fields.popFirst() else { throw malformed(start, "no protocol") }
        switch String(decoding: family, as: UTF8.self) {
        case "UNKNOWN":
            // Whatever follows must be ignored.
            return PROXYHeader(version: .v1, command: .proxy)
        case "TCP4":
            return try header(Array(fields), at: start + 5, isIPv4Address)
        case "TCP6":
            return try header(Array(fields), at: start + 5, isIPv6Address)
        default:
            throw malformed(start, "the protocol is neither TCP4, TCP6 nor UNKNOWN")
        }
    }

    private static func header(
        _ fields: [ArraySlice<UInt8>], at offset: Int, _ isAddress: (ArraySlice<UInt8>) -> Bool
    ) throws(PROXYHeaderError) -> PROXYHeader {
        guard fields.count == 4 else { throw malformed(offset, "not two addresses and two ports") }
        guard isAddress(fields[0]), isAddress(fields[1]) else {
            throw malformed(offset, "an address is not what the protocol's name says")
        }
        guard let sourcePort = port(fields[2]), let destinationPort = port(fields[3]) else {
            throw malformed(offset, "a port is not a number of 0 to 65535 without leading zeros")
        }
        var header = PROXYHeader(version: .v1, command: .proxy)
        do {
            header.source = try SocketAddress(
                ipAddress: String(decoding: fields[0], as: UTF8.self), port: sourcePort)
            header.destination = try SocketAddress(
                ipAddress: String(decoding: fields[1], as: UTF8.self), port: destinationPort)
        } catch {
            throw malformed(offset, "an address is not an IP address")
        }
        return header
    }

    /// Four numbers of 0 to 255 without leading zeros.
    private static func isIPv4Address(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: 0x2e, omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { number($0, maximum: 255) != nil }
    }

    /// Hexadecimal digits and colons; whether they make an address is for the system to say. The
    /// specification's form has no dotted tail and no zone.
    private static func isIPv6Address(_ text: ArraySlice<UInt8>) -> Bool {
        text.contains(0x3a)
            && text.allSatisfy { byte in
                switch byte {
                case 0x30...0x3a, 0x41...0x46, 0x61...0x66: true
                default: false
                }
            }
    }

    private static func port(_ text: ArraySlice<UInt8>) -> Int? { number(text, maximum: 65_535) }

    private static func number(_ text: ArraySlice<UInt8>, maximum: Int) -> Int? {
        guard (1...5).contains(text.count), text.first != 0x30 || text.count == 1 else { return nil }
        var value = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value <= maximum ? value : nil
    }

    private static func malformed(_ offset: Int, _ what: String) -> PROXYHeaderError {
        PROXYHeaderError(.malformedLine, at: offset, "malformed version 1 header: \(what)")
    }
}
