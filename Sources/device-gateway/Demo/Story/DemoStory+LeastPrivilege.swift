extension DemoStory {
    /// Act 1: three devices, each with a certificate of its own, under one policy.
    func leastPrivilege() async throws -> [FleetMember] {
        timeline.act(
            1, "Least privilege",
            "Every device has a certificate of its own. One policy serves them all, because it names the thing that "
                + "connects: ${iot:Connection.Thing.ThingName}.")
        timeline.tell(.gateway, .done, "listens on \(stage.addressText), where clients need a certificate")
        let policy = DemoPolicy.leastPrivilege
        try await stage.put(policy)
        timeline.tell(
            .operator, .done, "registers policy \(policy.name)",
            "connect as client/${iot:Connection.Thing.ThingName}",
            "use topics devices/${iot:Connection.Thing.ThingName}/*")
        showPolicy(policy)

        var fleet: [FleetMember] = []
        for name in Self.names {
            let credential = try await stage.issueCertificate(for: [name], policy: policy)
            let device = try await DemoDevice.connect(as: name, with: credential, to: stage.address)
            timeline.tell(
                .device(name), .done,
                "connects over \(device.tlsVersion) with certificate \(credential.shortID)")
            fleet.append(FleetMember(credential: credential, device: device))
        }
        try await pace.beat()
        for (offset, member) in fleet.enumerated() {
            let reading = try await report(#"{"temperature": 2\#(offset + 1).5}"#, from: member.device)
            timeline.tell(member.party, .done, "publishes \(reading)")
            timeline.tell(.backend, .received, "receives it")
        }
        try await pace.beat()
        return fleet
    }
}
