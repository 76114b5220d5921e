import GatewayTLS
import MQTTCodec
import X509Auth

extension DemoStory {
    /// Act 3: one certificate is deactivated while the others' devices publish.
    func deactivation(
        of theft: (thief: Thief, damage: Damage), in fleet: [FleetMember]
    ) async throws -> Damage {
        timeline.act(
            3, "One certificate is deactivated",
            "The operator ends that one certificate, in the middle of everybody's work.")
        let thief = theft.thief
        let bystanders = Array(fleet.dropFirst())
        let numbers = bystanders.map { stage.connectionNumber(of: $0.name) }
        for member in bystanders {
            timeline.tell(
                member.party, .note, "publishes \(Readings.count) readings, one every \(Readings.pauseText)")
        }

        async let first: Void = publishReadings(from: bystanders[0].device)
        async let second: Void = publishReadings(from: bystanders[1].device)
        var readings = Readings(of: bystanders.map(\.name))
        while !readings.everyoneHas(Readings.count / 3) { try await note(&readings) }
        let before = readings
        let start = try await stage.set(thief.credential, to: .inactive)
        timeline.tell(.operator, .done, "deactivates certificate \(thief.credential.shortID)")
        let end = try await thief.device.ended()
        let cutOff = end.time - start
        try expect(
            end.cause == .disconnected(.notAuthorized), "the thief is told that it may not", but: "\(end)")
        timeline.tell(.thief, .cut, "is cut off \(cutOff.millisecondsText) later: \(end)")

        while !readings.everyoneHas(Readings.count) { try await note(&readings) }
        _ = try await (first, second)
        for (member, number) in zip(bystanders, numbers) {
            try expect(
                number != nil && stage.connectionNumber(of: member.name) == number
                    && member.device.isConnected,
                "\(member.name) keeps its connection")
            let (earlier, later) = (
                before.count(of: member.name), Readings.count - before.count(of: member.name)
            )
            timeline.tell(
                member.party, .done,
                "never noticed: \(earlier) readings before, \(later) after, none lost, same connection")
        }
        try await pace.beat()
        try await expectNoReturn(of: thief)
        try await pace.beat()
        for member in bystanders { try await member.device.disconnect() }

        var damage = theft.damage
        damage.cutOff = cutOff
        damage.lost = ["the thief"]
        damage.unaffected = bystanders.map(\.name)
        return damage
    }

    private func expectNoReturn(of thief: Thief) async throws {
        do {
            _ = try await thief.connect(as: thief.device.clientID)
        } catch let end as DeviceEnd {
            guard case .alert(let alert) = end.cause, alert.direction == .received else { throw end }
            let id = thief.credential.id.string
            let message = try await stage.nextHandshakeRefusal()
            try expect(message.contains(id), "the gateway says which certificate it refused", but: message)
            timeline.tell(
                .thief, .refused, "tries again; its handshake is refused: \(end)",
                message.replacing(id, with: "\(thief.credential.shortID)"))
            return
        }
        throw DemoFailure("expected that a deactivated certificate is refused, but the thief connected")
    }

    private func note(_ readings: inout Readings) async throws {
        let message = try await stage.nextMessage()
        try readings.note(message.text, on: message.topic)
        if isVerbose { timeline.tell(.backend, .received, "\(message.topic) \(message.text)") }
    }

    private func publishReadings(from device: DemoDevice) async throws {
        let topic = Self.topic(of: device.clientID)
        for number in 1...Readings.count {
            let code = try await device.publish("\(number)", to: topic)
            try expect(
                code == .success, "reading \(number) of \(device.clientID) is accepted", but: code.phrase)
            try await Task.sleep(for: Readings.pause)
        }
    }
}
