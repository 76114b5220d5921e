extension DistinguishedName {
    /// Whether two names are the same by RFC 5280 7.1: text without regard to case, string type and runs of
    /// spaces; attributes of one relative name in any order.
    public func matches(_ other: DistinguishedName) -> Bool {
        self == other || comparable == other.comparable
    }

    /// A form in which names that match are equal.
    var comparable: [[ComparableAttribute]] {
        relativeDistinguishedNames.map { attributes in
            attributes.map(ComparableAttribute.init).sorted()
        }
    }

    /// One attribute, folded.
    struct ComparableAttribute: Hashable, Comparable, Sendable {
        let type: String
        let isText: Bool
        let value: String

        init(_ attribute: Attribute) {
            self.type = attribute.type.objectIdentifier
            self.isText = attribute.isText
            self.value = attribute.isText ? Self.fold(attribute.value) : attribute.value
        }

        static func < (left: Self, right: Self) -> Bool {
            (left.type, left.value) < (right.type, right.value)
        }

        /// ASCII letters to lower case, spaces trimmed and compressed; other characters as they are, which can
        /// only tell names apart that are the same, never the reverse.
        private static func fold(_ text: String) -> String {
            var result: [UInt8] = []
            var isSpaceDue = false
            for byte in text.utf8 {
                switch byte {
                case 0x20:
                    isSpaceDue = !result.isEmpty
                default:
                    if isSpaceDue { result.append(0x20) }
                    isSpaceDue = false
                    result.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
                }
            }
            return String(decoding: result, as: UTF8.self)
        }
    }
}
