extension OperatorPage {
    /// Weight of one page's items: far enough below the longest reply that their JSON fits, too.
    private static var budget: Int { OperatorProtocol.maximumReplyLength / 8 }

    /// How many elements a page that asks for `limit` can have.
    static func size(_ limit: Int?) -> Int {
        min(max(limit ?? OperatorProtocol.maximumPageSize, 1), OperatorProtocol.maximumPageSize)
    }

    /// The page of a sorted list that follows the element named `after`.
    ///
    /// - Parameters:
    ///   - records: all elements, ascending by `name`.
    ///   - limit: how many are wanted; ``OperatorProtocol/maximumPageSize`` when nil or larger.
    init<Record>(
        _ records: [Record], after: String?, limit: Int?, name: (Record) -> String,
        element: (Record) -> Element
    ) where Element: OperatorPageElement {
        let count = Self.size(limit)
        let start = after.map { after in records.firstIndex { name($0) > after } ?? records.endIndex } ?? 0
        var items: [Element] = []
        var weight = 0
        var index = start
        while index < records.endIndex, items.count < count, weight < Self.budget {
            let item = element(records[index])
            weight += item.weight
            items.append(item)
            index += 1
        }
        self.init(items: items, next: index < records.endIndex ? name(records[index - 1]) : nil)
    }
}

/// What can be listed in pages.
protocol OperatorPageElement {
    /// About the bytes of its variable parts.
    var weight: Int { get }
}

extension CertificateSummary: OperatorPageElement {
    // Things and policies are names of at most 128 bytes; the rest is short.
    var weight: Int { 256 + 2 * (commonName?.utf8.count ?? 0) + 128 * (things.count + policies.count) }
}

extension DeviceSummary: OperatorPageElement {
    var weight: Int {
        attributes.reduce(256) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            + certificates.reduce(0) { $0 + $1.weight }
    }
}

extension PolicySummary: OperatorPageElement {
    var weight: Int { 256 }
}

extension AuthoritySummary: OperatorPageElement {
    var weight: Int { 256 + 2 * subject.utf8.count + 128 * policies.count }
}
