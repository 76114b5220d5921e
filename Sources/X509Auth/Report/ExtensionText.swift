/// Extensions without a field of their own, in words.
enum ExtensionText {
    static func describe(_ item: ExtensionList.Item) -> String {
        let name = "\(item.type)\(item.isCritical ? " (critical)" : "")"
        guard let content = content(item), !content.isEmpty else { return name }
        return "\(name): \(content)"
    }

    private static func content(_ item: ExtensionList.Item) -> String? {
        switch item.type {
        case .crlDistributionPoints, .freshestCRL, .authorityInformationAccess, .subjectInformationAccess:
            let addresses = (try? addresses(in: item.value)) ?? []
            return addresses.isEmpty ? octets(item.value) : addresses.joined(separator: ", ")
        case .certificatePolicies:
            let policies = (try? policies(item.reader)) ?? []
            return policies.isEmpty ? octets(item.value) : policies.joined(separator: ", ")
        default:
            return octets(item.value)
        }
    }

    /// The first octets of the DER; all of it would be read by nobody.
    private static func octets(_ value: [UInt8]) -> String {
        let shown = Hexadecimal.encode(value.prefix(32), separator: ":")
        return value.count > 32 ? "\(shown)… (\(value.count) octets)" : shown
    }

    /// Every uniformResourceIdentifier, however deep; bounded by the value's size and a depth of 8.
    private static func addresses(in value: [UInt8]) throws(DERFailure) -> [String] {
        var found: [String] = []
        var pending = [(reader: DERReader(value), depth: 0)]
        while let next = pending.popLast() {
            var reader = next.reader
            while !reader.isAtEnd {
                let element = try reader.next()
                if element.tag == DERTag.context(6) {
                    let text = String(decoding: reader.content(element), as: UTF8.self)
                    found.append(PrintableText.escape(text, limit: 1_024))
                } else if element.tag & 0x20 != 0, next.depth < 8 {
                    pending.append((reader.inside(element), next.depth + 1))
                }
            }
        }
        return found
    }

    private static func policies(_ reader: DERReader) throws(DERFailure) -> [String] {
        var outer = reader
        var list = outer.inside(try outer.next(DERTag.sequence))
        var found: [String] = []
        while !list.isAtEnd {
            var policy = list.inside(try list.next(DERTag.sequence))
            found.append(try policy.objectIdentifier())
        }
        return found
    }
}
