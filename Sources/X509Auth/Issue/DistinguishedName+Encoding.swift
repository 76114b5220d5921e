extension DistinguishedName {
    /// A Name in DER: every attribute in the string type, and within the bounds, that RFC 5280 (appendix A.1)
    /// gives it.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/invalidArgument`` naming the attribute.
    func encoded() throws(X509Error) -> [UInt8] {
        var names: [UInt8] = []
        for relative in relativeDistinguishedNames {
            var attributes: [[UInt8]] = []
            for attribute in relative { attributes.append(try attribute.encoded()) }
            // X.690 11.6: the elements of a SET OF in ascending order.
            attributes.sort { $0.lexicographicallyPrecedes($1) }
            names += DERWriter.value(DERTag.set, attributes.flatMap(\.self))
        }
        return DERWriter.value(DERTag.sequence, names)
    }
}

extension DistinguishedName.Attribute {
    fileprivate func encoded() throws(X509Error) -> [UInt8] {
        let form = Self.forms[type.objectIdentifier] ?? Form(.utf8, 1...32_768)
        // A NUL would be refused when the certificate is read.
        guard isText, let identifier = DERWriter.objectIdentifier(type.objectIdentifier),
            form.lengths.contains(value.unicodeScalars.count), !value.utf8.contains(0),
            form.string.allows(value)
        else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "the subject's \(type) cannot be \"\(PrintableText.escape(value))\": empty, too long (\(form.lengths.upperBound) characters), or not allowed in this attribute"
            )
        }
        return DERWriter.sequence(identifier, DERWriter.value(form.string.rawValue, Array(value.utf8)))
    }

    private enum StringType: UInt8 {
        case utf8 = 0x0c
        case printable = 0x13
        case ia5 = 0x16

        func allows(_ text: String) -> Bool {
            switch self {
            case .utf8: true
            case .printable: text.utf8.allSatisfy(Self.isPrintable)
            case .ia5: text.utf8.allSatisfy { $0 < 0x80 }
            }
        }

        private static func isPrintable(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "'"),
                UInt8(ascii: "(")...UInt8(ascii: ")"), UInt8(ascii: "+")...UInt8(ascii: "/"),
                UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "?"):
                true
            default: false
            }
        }
    }

    private struct Form {
        let string: StringType
        let lengths: ClosedRange<Int>

        init(_ string: StringType, _ lengths: ClosedRange<Int>) {
            self.string = string
            self.lengths = lengths
        }
    }

    private static let forms: [String: Form] = [
        "2.5.4.3": Form(.utf8, 1...64), "2.5.4.5": Form(.printable, 1...64),
        "2.5.4.6": Form(.printable, 2...2), "2.5.4.7": Form(.utf8, 1...128),
        "2.5.4.8": Form(.utf8, 1...128), "2.5.4.10": Form(.utf8, 1...64),
        "2.5.4.11": Form(.utf8, 1...64), "2.5.4.12": Form(.utf8, 1...64),
        "2.5.4.46": Form(.printable, 1...32_768), "2.5.4.65": Form(.utf8, 1...128),
        "0.9.2342.19200300.100.1.25": Form(.ia5, 1...32_768),
        "1.2.840.113549.1.9.1": Form(.ia5, 1...255),
    ]
}
