/// A version 2 header's additional facts (sections 2.2.1 to 2.2.7).
///
/// Types it does not know are skipped, as the specification has it. A type it knows may come once: of two
/// answers neither could be trusted.
enum PROXYHeaderTLVs {
    private enum Kind: UInt8 {
        case applicationProtocol = 0x01
        case authority = 0x02
        case checksum = 0x03
        case uniqueID = 0x05
        case tls = 0x20
    }

    private enum TLSKind: UInt8 {
        case version = 0x21
        case commonName = 0x22
        case cipherSuite = 0x23
        case signatureAlgorithm = 0x24
        case keyAlgorithm = 0x25
    }

    /// Reads the TLVs from `start` to the end.
    static func read(
        _ bytes: [UInt8], from start: Int, into header: inout PROXYHeader
    ) throws(PROXYHeaderError) {
        var seen: Set<UInt8> = []
        try forEach(in: bytes, start..<bytes.count) { type, value throws(PROXYHeaderError) in
            guard let kind = Kind(rawValue: type) else { return }
            try note(type, &seen, value)
            switch kind {
            case .applicationProtocol: header.applicationProtocol = Array(bytes[value])
            case .authority: header.authority = try text(bytes, value)
            case .checksum: try verify(bytes, value)
            case .uniqueID:
                guard value.count <= 128 else {
                    throw malformed(value.lowerBound, "a unique identifier has 128 bytes at most")
                }
                header.uniqueID = Array(bytes[value])
            case .tls: header.tls = try tls(bytes, value)
            }
        }
    }

    /// client, verify, then TLVs of its own (section 2.2.6).
    private static func tls(
        _ bytes: [UInt8], _ range: Range<Int>
    ) throws(PROXYHeaderError) -> PROXYHeader.TLS {
        guard range.count >= 5 else { throw malformed(range.lowerBound, "PP2_TYPE_SSL is too short") }
        let client = bytes[range.lowerBound]
        let isVerified = bytes[range.lowerBound + 1..<range.lowerBound + 5].allSatisfy { $0 == 0 }
        var tls = PROXYHeader.TLS(
            isUsed: client & 0x01 != 0, presentedCertificate: client & 0x02 != 0,
            presentedCertificateInSession: client & 0x04 != 0)
        tls.isCertificateVerified =
            isVerified && (tls.presentedCertificate || tls.presentedCertificateInSession)
        var seen: Set<UInt8> = []
        try forEach(in: bytes, range.lowerBound + 5..<range.upperBound) {
            type, value throws(PROXYHeaderError) in
            guard let kind = TLSKind(rawValue: type) else { return }
            try note(type, &seen, value)
            let text = try text(bytes, value)
            switch kind {
            case .version: tls.version = text
            case .commonName: tls.commonName = text
            case .cipherSuite: tls.cipherSuite = text
            case .signatureAlgorithm: tls.signatureAlgorithm = text
            case .keyAlgorithm: tls.keyAlgorithm = text
            }
        }
        return tls
    }

    private static func forEach(
        in bytes: [UInt8], _ range: Range<Int>,
        _ body: (UInt8, Range<Int>) throws(PROXYHeaderError) -> Void
    ) throws(PROXYHeaderError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard offset + 3 <= range.upperBound else { throw malformed(offset, "a TLV is cut short") }
            let value = offset + 3..<offset + 3 + (Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]))
            guard value.upperBound <= range.upperBound else {
                throw malformed(offset, "a TLV is longer than what holds it")
            }
            try body(bytes[offset], value)
            offset = value.upperBound
        }
    }

    private static func note(
        _ type: UInt8, _ seen: inout Set<UInt8>, _ value: Range<Int>
    ) throws(PROXYHeaderError) {
        guard seen.insert(type).inserted else {
            throw malformed(value.lowerBound - 3, "a TLV comes twice")
        }
    }

    /// Text for people and logs: UTF-8 without control characters.
    private static func text(_ bytes: [UInt8], _ range: Range<Int>) throws(PROXYHeaderError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw malformed(range.lowerBound, "a text is not UTF-8, or holds control characters") }
        return text
    }

    /// The sum is over the whole header with zeros in its own place (section 2.2.3).
    private static func verify(_ bytes: [UInt8], _ range: Range<Int>) throws(PROXYHeaderError) {
        guard range.count == 4 else { throw malformed(range.lowerBound, "PP2_TYPE_CRC32C has four bytes") }
        var zeroed = bytes
        for index in range { zeroed[index] = 0 }
        guard bytes[range].reduce(0, { $0 << 8 | UInt32($1) }) == CRC32C.sum(zeroed) else {
            throw PROXYHeaderError(.checksumMismatch, at: range.lowerBound, "the checksum is wrong")
        }
    }

    private static func malformed(_ offset: Int, _ what: String) -> PROXYHeaderError {
        PROXYHeaderError(.malformedBlock, at: offset, "malformed version 2 header: \(what)")
    }
}
