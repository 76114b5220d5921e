import IoTPolicy

/// A policy and how many certificates it is attached to.
struct PolicyEntry: Sendable {
    var policy: ParsedPolicy
    var targetCount = 0
}

/// A policy's record with the document it holds. Its identity stands for one text of one policy, which is
/// what a compiled set is checked against.
final class ParsedPolicy: Sendable {
    let record: PolicyRecord
    let document: PolicyDocument

    init(record: PolicyRecord, document: PolicyDocument) {
        self.record = record
        self.document = document
    }
}
