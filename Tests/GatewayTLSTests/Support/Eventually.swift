/// Waits, a minute at most, for what other threads bring about and nothing announces.
///
/// - Returns: whether it has come about.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<6_000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
