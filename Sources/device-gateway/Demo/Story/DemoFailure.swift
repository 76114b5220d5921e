/// Something the story claims did not happen.
struct DemoFailure: Error, CustomStringConvertible, Equatable {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Holds the story to what it is about to tell.
///
/// - Parameters:
///   - claim: what should be so.
///   - actual: what is so instead, where that says more than that it is not.
func expect(_ condition: Bool, _ claim: String, but actual: @autoclosure () -> String? = nil) throws {
    guard !condition else { return }
    throw DemoFailure("expected that \(claim)" + (actual().map { ", but got \($0)" } ?? ""))
}
