import ArgumentParser

/// `device-gateway demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows in a few seconds what own certificates and least privilege are worth.",
        discussion: """
            Three devices, a thief and an operator, on real mutual-TLS sockets of this machine's loopback interface. \
            Nothing is installed, written or kept. Every step checks what it claims; exit status 1 means that one \
            went otherwise.
            """)

    @Flag(help: "Neither colours nor Unicode symbols.")
    var plain = false

    @Flag(help: "Show policies, whole explanations and single readings as well.")
    var verbose = false

    @Flag(help: "No pauses for the reader.")
    var fast = false

    /// The story takes a few seconds; whatever hangs, it ends by then.
    private static let deadline: Duration = .seconds(20)

    // There is no cleaning up on SIGINT or SIGTERM: nothing outlives the process, and every line written leaves the
    // terminal's colours as they were.
    func run() async throws {
        let start = ContinuousClock.now
        let timeline = Timeline(
            style: Terminal.style(isPlainWanted: plain), width: Terminal.lineWidth(),
            elapsed: { ContinuousClock.now - start }, write: Terminal.print)
        let watchdog = Task {
            try await Task.sleep(for: Self.deadline)
            Self.fail(timeline, "did not end within \(Self.deadline.components.seconds) s")
            Self.exit(withError: ExitCode.failure)
        }
        defer { watchdog.cancel() }
        do {
            try await DemoStory.tell(
                on: timeline, pace: Terminal.isInteractive && !fast ? .reader : .immediate, isVerbose: verbose
            )
        } catch {
            Self.fail(timeline, "went otherwise: \(error)")
            throw ExitCode.failure
        }
    }

    private static func fail(_ timeline: Timeline, _ how: String) {
        let last = timeline.lastEntry.map { "The last that was well: \($0.party.name) \($0.text)." }
        timeline.failure("The demo \(how). \(last ?? "Nothing had been told yet.")")
    }
}
