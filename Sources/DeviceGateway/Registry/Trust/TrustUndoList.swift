/// Steps back in the order they were made, in chunks: writes share what they do not change, and a fleet that
/// registers itself adds to one list device by device.
struct TrustUndoList: Sendable {
    private static let chunk = 256

    private var chunks: [[TrustUndo]] = []
    private(set) var count = 0

    init(_ steps: [TrustUndo]) { append(steps) }

    mutating func append(_ steps: [TrustUndo]) {
        count += steps.count
        if let last = chunks.last, last.count + steps.count <= Self.chunk {
            chunks[chunks.count - 1] = last + steps
        } else if !steps.isEmpty {
            chunks.append(steps)
        }
    }

    var latestFirst: [TrustUndo] { chunks.reversed().flatMap { $0.reversed() } }
}
