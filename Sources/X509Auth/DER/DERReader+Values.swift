extension DERReader {
    /// BOOLEAN: 0 or 255.
    mutating func boolean(_ tag: UInt8 = DERTag.boolean) throws(DERFailure) -> Bool {
        let element = try next(tag)
        guard element.content.count == 1 else { throw DERFailure("has a BOOLEAN that is not one octet") }
        switch bytes[element.content.lowerBound] {
        case 0x00: return false
        case 0xff: return true
        default: throw DERFailure("has a BOOLEAN that is neither 00 nor FF")
        }
    }

    /// The content octets of an INTEGER, minimal two's complement.
    mutating func integer(_ tag: UInt8 = DERTag.integer) throws(DERFailure) -> Range<Int> {
        let content = try next(tag).content
        guard !content.isEmpty else { throw DERFailure("has an INTEGER without octets") }
        if content.count > 1 {
            let first = bytes[content.lowerBound]
            let second = bytes[content.lowerBound + 1]
            guard !(first == 0 && second < 0x80), !(first == 0xff && second >= 0x80) else {
                throw DERFailure("has an INTEGER that is not in its shortest form")
            }
        }
        return content
    }

    /// A small INTEGER that is not negative.
    mutating func smallInteger(_ tag: UInt8 = DERTag.integer) throws(DERFailure) -> Int {
        let content = try integer(tag)
        guard bytes[content.lowerBound] < 0x80, content.count <= 5 else {
            throw DERFailure("has a number that is negative or too large")
        }
        return bytes[content].reduce(0) { $0 << 8 | Int($1) }
    }

    /// An OBJECT IDENTIFIER in dotted form.
    mutating func objectIdentifier(_ tag: UInt8 = DERTag.objectIdentifier) throws(DERFailure) -> String {
        let content = try next(tag).content
        guard !content.isEmpty, content.count <= 64, bytes[content.upperBound - 1] < 0x80 else {
            throw DERFailure("has an OBJECT IDENTIFIER that is empty, too long or cut off")
        }
        var arcs: [UInt64] = []
        var arc: UInt64 = 0
        var isFirstOctet = true
        for byte in bytes[content] {
            guard !(isFirstOctet && byte == 0x80), arc >> 57 == 0 else {
                throw DERFailure("has an OBJECT IDENTIFIER that is not in its shortest form, or too large")
            }
            arc = arc << 7 | UInt64(byte & 0x7f)
            isFirstOctet = byte < 0x80
            guard isFirstOctet else { continue }
            if arcs.isEmpty {
                let root = min(arc / 40, 2)
                arcs = [root, arc - root * 40]
            } else {
                arcs.append(arc)
            }
            arc = 0
        }
        return arcs.map(String.init).joined(separator: ".")
    }

    /// A BIT STRING: content octets after the count of unused bits, which must be zero bits (X.690 11.2).
    mutating func bitString(
        _ tag: UInt8 = DERTag.bitString
    ) throws(DERFailure) -> (octets: Range<Int>, unused: Int) {
        let content = try next(tag).content
        guard let first = content.first else { throw DERFailure("has a BIT STRING without octets") }
        let unused = Int(bytes[first])
        let octets = (content.lowerBound + 1)..<content.upperBound
        guard unused < 8, unused == 0 || !octets.isEmpty,
            unused == 0 || bytes[octets.upperBound - 1] & (1 << UInt8(unused) - 1) == 0
        else { throw DERFailure("has a BIT STRING with wrong unused bits") }
        return (octets, unused)
    }

    /// UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 has them, in Unix seconds.
    mutating func time() throws(DERFailure) -> Int64 {
        let element = try next()
        guard let seconds = DERTime.seconds(tag: element.tag, bytes[element.content]) else {
            throw DERFailure("has a time that RFC 5280 does not allow")
        }
        return seconds
    }
}
