import Testing

@testable import GatewayTLS

/// Makes and reads PROXY headers.
enum PROXYHeaders {
    static func read(_ bytes: [UInt8]) throws -> (header: PROXYHeader, consumed: Int) {
        var parser = PROXYHeaderParser()
        guard case .complete(let header, let consumed) = try parser.receive(bytes) else {
            throw Incomplete()
        }
        return (header, consumed)
    }

    struct Incomplete: Error {}

    static func error(_ bytes: [UInt8]) -> PROXYHeaderError.Code? {
        do { _ = try read(bytes) } catch { return (error as? PROXYHeaderError)?.code }
        return nil
    }

    /// A version 2 header.
    static func v2(
        _ command: UInt8 = 0x21, family: UInt8 = 0x11, addresses: [UInt8] = inet, tlvs: [UInt8] = []
    ) -> [UInt8] {
        let length = addresses.count + tlvs.count
        return PROXYHeaderParser.signature
            + [command, family, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
            + addresses + tlvs
    }

    static func tlv(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, UInt8(value.count >> 8), UInt8(value.count & 255)] + value
    }

    static func tlv(_ type: UInt8, _ value: String) -> [UInt8] { tlv(type, Array(value.utf8)) }

    /// 203.0.113.9:4660 to 198.51.100.1:8883.
    static let inet: [UInt8] = [203, 0, 113, 9, 198, 51, 100, 1, 0x12, 0x34, 0x22, 0xb3]
    static let inet6: [UInt8] =
        [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [9]
        + [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1] + [0x12, 0x34, 0x22, 0xb3]
    static let unix: [UInt8] = path("/run/source") + path("/run/destination")

    private static func path(_ text: String) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: 108 - text.utf8.count)
    }

    /// A header with a valid checksum behind `tlvs`.
    static func checksummed(_ tlvs: [UInt8] = []) -> [UInt8] {
        var bytes = v2(tlvs: tlvs + tlv(0x03, [0, 0, 0, 0]))
        let sum = CRC32C.sum(bytes)
        for index in 0..<4 {
            bytes[bytes.count - 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index))
        }
        return bytes
    }
}

extension PROXYHeaderParser {
    mutating func receive(_ bytes: [UInt8]) throws(PROXYHeaderError) -> Progress {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(PROXYHeaderError) in try receive(bytes) }
        }
        return try result.get()
    }
}
