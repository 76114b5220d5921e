import IoTPolicy
import MQTTCodec

extension DemoStory {
    /// Act 5: a policy that names the client ID, which is whatever the client says it is.
    func clientIDTrap() async throws {
        timeline.act(
            5, "The trap",
            "Own certificates again, and a policy that looks like the one of act 1. It says ${iot:ClientId} where "
                + "that says ${iot:Connection.Thing.ThingName}: what the client claims, not what it proved.")
        let policy = DemoPolicy.clientIDTrap
        try await stage.put(policy)
        timeline.tell(
            .operator, .note, "registers policy \(policy.name)", "connect as client/${iot:ClientId}")
        showPolicy(policy)
        let own = try await stage.issueCertificate(for: ["device2"], policy: policy)
        let others = try await stage.issueCertificate(for: ["device3"], policy: policy)
        let victim = try await DemoDevice.connect(as: "device3", with: others, to: stage.address)
        timeline.tell(.device("device3"), .note, "connects with certificate \(others.shortID)")
        try await pace.beat()

        let impostor = try await DemoDevice.connect(as: "device3", with: own, to: stage.address)
        timeline.tell(.thief, .alarm, "connects as device3 with the certificate of device2, \(own.shortID)")
        let end = try await victim.ended()
        try expect(
            end.cause == .disconnected(.sessionTakenOver), "the true device3 is thrown off", but: "\(end)")
        timeline.tell(.device("device3"), .cut, "is thrown off: \(end)")
        let lie = try await report(#"{"temperature": 20.0}"#, from: impostor)
        timeline.tell(.thief, .alarm, "publishes \(lie)")
        timeline.tell(.backend, .alarm, "receives it from device3, or so it believes")
        try await impostor.disconnect()
        try await pace.beat()
        try lint(policy)
        try await pace.beat()
    }

    /// What would have been known before.
    private func lint(_ policy: DemoPolicy) throws {
        let findings = try policy.findings()
        guard let finding = findings.first(where: { $0.code == .anyClientID }) else {
            throw DemoFailure(
                "expected that the linter finds ${iot:ClientId} in \(policy.name), but got \(findings)")
        }
        timeline.tell(
            .linter, .alarm,
            "warns of \(policy.name), line \(finding.line): \(finding.message)",
            "Fix: \(finding.fix)")
        let calm = DemoPolicy.leastPrivilege
        let others = try calm.findings()
        try expect(others.isEmpty, "the linter has nothing against \(calm.name)", but: "\(others)")
        timeline.tell(.linter, .done, "has nothing against \(calm.name), the policy of act 1")
    }
}
