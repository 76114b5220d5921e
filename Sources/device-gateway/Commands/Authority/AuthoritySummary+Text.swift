import DeviceGateway

extension AuthoritySummary {
    /// What becomes of its unknown devices; nil: they are refused.
    var firstSightSentence: String? {
        switch firstSight {
        case .refused: nil
        case .commonName: "Its devices are admitted on first sight, with \(policies.joined(separator: ", "))."
        case .pending:
            "Its devices are registered PENDING_ACTIVATION on first sight; certificate activate lets them in."
        case .template: "Its devices are provisioned by the template on first sight."
        }
    }
}

extension RevocationListSummary {
    /// Number and end, for a table.
    var cell: String {
        "\(number ?? "?") to \(nextUpdate.map(Timestamp.text) ?? "-")"
    }

    /// For a sentence.
    var text: String {
        let kind = isDelta ? "delta list" : "list"
        let end = nextUpdate.map { ", the next is due by \(Timestamp.text($0))" } ?? ""
        return
            "\(kind) \(number ?? "without a number") names \(count) certificate\(count == 1 ? "" : "s")\(end)"
    }
}
