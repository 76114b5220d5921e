/// Writes DER: tags and definite lengths in their shortest form (X.690 10.1).
enum DERWriter {
    static func value(_ tag: UInt8, _ content: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count + 6)
        bytes.append(tag)
        append(length: content.count, to: &bytes)
        bytes.append(contentsOf: content)
        return bytes
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] {
        value(DERTag.sequence, parts.flatMap(\.self))
    }

    static func boolean(_ value: Bool) -> [UInt8] { [DERTag.boolean, 1, value ? 0xff : 0] }

    static func octetString(_ content: [UInt8]) -> [UInt8] { value(DERTag.octetString, content) }

    /// A BIT STRING of whole octets.
    static func bitString(_ content: [UInt8]) -> [UInt8] { value(DERTag.bitString, [0] + content) }

    /// A BIT STRING whose bits have names: trailing zeros are left out (X.690 11.2.2).
    static func namedBits(_ bits: [Int]) -> [UInt8] {
        guard let highest = bits.max() else { return [DERTag.bitString, 1, 0] }
        var octets = [UInt8](repeating: 0, count: highest / 8 + 1)
        for bit in bits { octets[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        return value(DERTag.bitString, [UInt8(7 - highest % 8)] + octets)
    }

    /// An INTEGER that is not negative, from its big-endian octets.
    static func unsignedInteger(_ octets: some Collection<UInt8>) -> [UInt8] {
        let significant = octets.drop { $0 == 0 }
        guard let first = significant.first else { return [DERTag.integer, 1, 0] }
        return value(DERTag.integer, first < 0x80 ? Array(significant) : [0] + significant)
    }

    static func unsignedInteger(_ number: Int) -> [UInt8] {
        unsignedInteger(
            (0..<8).reversed().map { UInt8(truncatingIfNeeded: UInt64(number.magnitude) >> UInt64($0 * 8)) })
    }

    /// An OBJECT IDENTIFIER; nil for a text that is none.
    static func objectIdentifier(_ dotted: String) -> [UInt8]? {
        var arcs: [UInt64] = []
        for part in dotted.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            // Arcs of UUIDs (2.25) are longer; no attribute type is one.
            guard (1...18).contains(part.count),
                part.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
                part.count == 1 || part.first != UInt8(ascii: "0"),
                let arc = UInt64(String(decoding: part, as: UTF8.self))
            else { return nil }
            arcs.append(arc)
        }
        guard (2...32).contains(arcs.count), arcs[0] <= 2, arcs[0] == 2 || arcs[1] < 40 else { return nil }
        var content: [UInt8] = []
        append(arc: arcs[0] * 40 + arcs[1], to: &content)
        for arc in arcs.dropFirst(2) { append(arc: arc, to: &content) }
        return value(DERTag.objectIdentifier, content)
    }

    /// A time as RFC 5280 4.1.2.5 has it: UTCTime from 1950 to 2049, GeneralizedTime otherwise. The year must
    /// lie in 0 to 9999.
    static func time(_ seconds: Int64) -> [UInt8] {
        let digits = UTCTime.string(seconds).utf8.filter {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        let isShort = (-631_152_000..<2_524_608_000).contains(seconds)
        return value(
            isShort ? DERTag.utcTime : DERTag.generalizedTime,
            digits.dropFirst(isShort ? 2 : 0) + [UInt8(ascii: "Z")])
    }

    private static func append(arc: UInt64, to content: inout [UInt8]) {
        var shift = 63
        while shift > 0, arc >> UInt64(shift) == 0 { shift -= 7 }
        while shift > 0 {
            content.append(UInt8(truncatingIfNeeded: arc >> UInt64(shift)) | 0x80)
            shift -= 7
        }
        content.append(UInt8(truncatingIfNeeded: arc) & 0x7f)
    }

    private static func append(length: Int, to bytes: inout [UInt8]) {
        if length < 0x80 {
            bytes.append(UInt8(length))
            return
        }
        let count = (Int.bitWidth - length.leadingZeroBitCount + 7) / 8
        bytes.append(0x80 | UInt8(count))
        for index in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: length >> (index * 8)))
        }
    }
}
