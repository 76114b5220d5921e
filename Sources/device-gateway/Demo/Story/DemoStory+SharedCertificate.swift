import MQTTCodec
import X509Auth

extension DemoStory {
    /// Act 4: the same fleet with one certificate for all, and a policy that allows everything.
    func sharedCertificate() async throws -> Damage {
        timeline.act(
            4, "The same fleet, one shared certificate",
            "It is less work to give all devices the same certificate, and a policy that says topic/*.")
        let policy = DemoPolicy.everything
        try await stage.put(policy)
        showPolicy(policy)
        let credential = try await stage.issueCertificate(for: Self.names, policy: policy)
        timeline.tell(.operator, .note, "issues certificate \(credential.shortID) with policy \(policy.name)")
        var fleet: [DemoDevice] = []
        for name in Self.names {
            fleet.append(try await .connect(as: name, with: credential, to: stage.address))
            timeline.tell(.device(name), .note, "connects with certificate \(credential.shortID)")
        }
        let code = try await fleet[2].subscribe(to: "devices/device3/commands")
        try expect(!code.isError, "device3 may subscribe to its commands", but: code.phrase)
        try await pace.beat()

        let thief = try await Thief(credential, as: "thief", on: stage)
        timeline.tell(.thief, .alarm, "copies the key from any of them, and connects")
        var damage = Damage()
        for attempt in TheftAttempt.allCases {
            let code = try await attempt(by: thief)
            try expect(!code.isError, "to \(attempt.title) is allowed here", but: code.phrase)
            timeline.tell(.thief, .alarm, "tries to \(attempt.title): allowed")
            damage.attempts.append((attempt, code))
        }
        try await expectBackend(receives: TheftAttempt.message)
        timeline.tell(.backend, .alarm, "receives \(TheftAttempt.message), and believes it")
        fleet[1] = try await reconnect(fleet[1], with: credential)
        try await pace.beat()
        try await readAndWrite(by: thief, fleet: fleet)
        try await pace.beat()
        try await revoke(thief, fleet: fleet, damage: &damage)
        try await pace.beat()
        return damage
    }

    /// The thief connected under a device's name, which threw the device off.
    private func reconnect(_ device: DemoDevice, with credential: DemoCredential) async throws -> DemoDevice {
        let end = try await device.ended()
        try expect(
            end.cause == .disconnected(.sessionTakenOver), "\(device.clientID) is thrown off", but: "\(end)")
        timeline.tell(.device(device.clientID), .cut, "was thrown off by that: \(end); it connects again")
        return try await .connect(as: device.clientID, with: credential, to: stage.address)
    }

    private func readAndWrite(by thief: Thief, fleet: [DemoDevice]) async throws {
        let reading = try await report(#"{"temperature": 22.7}"#, from: fleet[1])
        try expect(await thief.device.messages.contains(reading), "the thief reads \(reading)")
        timeline.tell(.thief, .alarm, "reads what \(fleet[1].clientID) sends: \(reading.text)")

        let command = DemoMessage(topic: "devices/device3/commands", text: "open the valve")
        let code = try await thief.device.publish(command.text, to: command.topic)
        try expect(code == .success, "the thief may send commands here", but: code.phrase)
        try expect(await fleet[2].messages.contains(command), "device3 receives \(command)")
        try await expectBackend(receives: command)
        timeline.tell(.thief, .alarm, "sends device3 the command \"\(command.text)\"")
        timeline.tell(.device("device3"), .alarm, "receives it, and obeys")
    }

    private func revoke(_ thief: Thief, fleet: [DemoDevice], damage: inout Damage) async throws {
        let start = try await stage.set(thief.credential, to: .revoked)
        timeline.tell(
            .operator, .done, "revokes certificate \(thief.credential.shortID), the only one there is")
        for (device, name) in [(thief.device, "the thief")] + fleet.map({ ($0, $0.clientID) }) {
            let end = try await device.ended()
            try expect(end.cause == .disconnected(.notAuthorized), "\(name) is cut off", but: "\(end)")
            damage.cutOff = max(damage.cutOff, end.time - start)
            damage.lost.append(name)
        }
        let fallen = damage.lost.dropFirst()
        try expect(Array(fallen) == Self.names, "the whole fleet is cut off", but: "\(fallen)")
        timeline.tell(.thief, .cut, "is cut off")
        timeline.tell(
            .gateway, .alarm,
            "\(fallen.count) of \(fleet.count) devices lose their connections with it: "
                + fallen.joined(separator: ", "))
        do {
            _ = try await DemoDevice.connect(as: Self.names[0], with: thief.credential, to: stage.address)
        } catch let end as DeviceEnd {
            guard case .alert = end.cause else { throw end }
            timeline.tell(.device(Self.names[0]), .alarm, "tries to return: \(end)")
            return
        }
        throw DemoFailure("expected that the revoked certificate is refused, but \(Self.names[0]) connected")
    }
}
