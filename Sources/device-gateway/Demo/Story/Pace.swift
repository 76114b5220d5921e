/// Pauses that let a reader follow.
struct Pace {
    let pause: Duration

    /// Reading speed, and none at all.
    static let reader = Pace(pause: .milliseconds(250))
    static let immediate = Pace(pause: .zero)

    func beat() async throws {
        if pause > .zero { try await Task.sleep(for: pause) }
    }
}
