import X509Auth

/// A thing and the certificates it is attached to.
struct ThingEntry: SortedTableRow {
    /// Type and attributes, which many things do not have.
    final class Details: Sendable {
        let typeName: String?
        let attributes: [String: String]

        init(typeName: String?, attributes: [String: String]) {
            self.typeName = typeName
            self.attributes = attributes
        }
    }

    let name: String
    var details: Details?
    var certificates = Few<CertificateID>.none

    var key: String { name }

    init(_ record: ThingRecord) {
        name = record.name
        set(record)
    }

    mutating func set(_ record: ThingRecord) {
        let isBare = record.typeName == nil && record.attributes.isEmpty
        details =
            isBare ? nil : Details(typeName: record.typeName, attributes: record.attributes)
    }

    var record: ThingRecord {
        ThingRecord(name: name, typeName: details?.typeName, attributes: details?.attributes ?? [:])
    }
}
