import Synchronization
import Testing

@testable import device_gateway

/// The whole story, on real sockets.
@Suite(.serialized) struct DemoStoryTests {
    @Test(.timeLimit(.minutes(1))) func everythingItClaimsIsSo() async throws {
        let text = try await told(isVerbose: false)
        for number in 1...5 { #expect(text.contains("\nAct \(number): ")) }
        for attempt in TheftAttempt.allCases {
            #expect(text.contains("thief     x tries to \(attempt.title): Not authorized (0x87)"))
            #expect(text.contains("thief     ! tries to \(attempt.title): allowed"))
        }
        #expect(text.contains("who never noticed"))
        #expect(text.hasSuffix("device-gateway device add device1"))
    }

    @Test(.timeLimit(.minutes(1))) func verboseShowsThePolicies() async throws {
        let text = try await told(isVerbose: true)
        for policy in [DemoPolicy.leastPrivilege, .everything, .clientIDTrap] {
            #expect(text.contains("policy \(policy.name):\n"))
        }
    }

    private func told(isVerbose: Bool) async throws -> String {
        let lines = Mutex<[String]>([])
        let start = ContinuousClock.now
        let timeline = Timeline(style: .plain, width: 200, elapsed: { ContinuousClock.now - start }) { line in
            lines.withLock { $0.append(line) }
        }
        try await DemoStory.tell(on: timeline, pace: .immediate, isVerbose: isVerbose)
        return lines.withLock { $0.joined(separator: "\n") }
    }
}
