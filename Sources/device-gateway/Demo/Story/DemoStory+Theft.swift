import IoTPolicy
import MQTTCodec

extension DemoStory {
    /// Act 2: the key of device1 is stolen, and opens nothing but what is device1's.
    func theft(from fleet: [FleetMember]) async throws -> (thief: Thief, damage: Damage) {
        timeline.act(
            2, "The theft",
            "Somebody copies the key of device1. Certificates prove who holds the key, so the thief is device1 now, "
                + "and nobody else.")
        let robbed = fleet[0]
        let thief = try await Thief(robbed.credential, as: robbed.name, on: stage)
        timeline.tell(
            .thief, .alarm, "connects as \(robbed.name) with certificate \(robbed.credential.shortID)")
        let end = try await robbed.device.ended()
        try expect(
            end.cause == .disconnected(.sessionTakenOver),
            "the thief takes over the session of \(robbed.name)",
            but: "\(end)")
        timeline.tell(robbed.party, .cut, "loses its connection: \(end)")
        let lie = try await report(#"{"temperature": -40}"#, from: thief.device)
        timeline.tell(.thief, .alarm, "publishes \(lie)")
        timeline.tell(.backend, .alarm, "receives it: what device1 may do, its key can do")
        try await pace.beat()

        var damage = Damage()
        for attempt in TheftAttempt.allCases {
            let code = try await attempt(by: thief)
            try expect(code == .notAuthorized, "to \(attempt.title) is refused", but: code.phrase)
            let explanation = try await stage.nextExplanation(of: thief.credential)
            try expect(!explanation.decision.isAllowed, "the explanation of a refusal refuses")
            tell(attempt, refusedWith: code, because: explanation)
            damage.attempts.append((attempt, code))
            try await pace.beat()
        }
        let reading = try await report(#"{"temperature": 22.6}"#, from: fleet[1].device)
        timeline.tell(fleet[1].party, .done, "publishes \(reading)")
        timeline.tell(
            .backend, .received,
            "receives it, and nothing before it: none of the thief's attempts came through")
        try await pace.beat()
        return (thief, damage)
    }

    private func tell(
        _ attempt: TheftAttempt, refusedWith code: MQTTReasonCode, because explanation: PolicyExplanation
    ) {
        let reason =
            isVerbose
            ? explanation.description : explanation.summary.replacing(DemoPolicy.resourcePrefix, with: "")
        timeline.tell(
            TimelineEntry(
                party: .thief, mark: .refused, text: "tries to \(attempt.title): \(code.phrase)",
                details: reason.split(separator: "\n").map(String.init)))
    }
}
