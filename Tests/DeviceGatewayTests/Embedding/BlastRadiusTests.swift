import DeviceGateway
import MQTTCodec
import NIOCore
import Testing
import X509Auth

/// What a change of trust is said to end is what it ends.
@Suite struct BlastRadiusTests {
    /// Random changes against live sessions: prediction and effect are one.
    @Test(arguments: [1, 2] as [UInt64])
    func predictionIsEffect(_ seed: UInt64) async throws {
        try await TestGateway.run { test in
            var random = SplitMix(seed: seed)
            let foreign = try TestAuthority("Fleet", notBefore: TestGateway.now - 1_000)
            try await test.registry.registerAuthority(
                certificate: foreign.certificate, autoRegistration: nil, revocationMode: .soft,
                now: TestGateway.now)
            var names: [String: X509Certificate] = [:]
            for number in 0..<6 {
                let name = "pump-\(number)"
                let credential = try foreign.authority.issueDevice(
                    commonName: name, notBefore: TestGateway.now - 1_000, notAfter: 2_524_607_999)
                names[name] = credential.certificate
                try await test.registry.register(
                    certificate: credential.certificate, authority: foreign.id, now: TestGateway.now)
                try await test.registry.createThing(ThingRecord(name: name))
                try await test.registry.attach(thing: name, to: credential.certificate.id)
                try await test.registry.attachPolicy("least-privilege", to: credential.certificate.id)
                _ = try await test.connect(credential, clientID: name)
            }
            #expect(await test.observer.wait { _ in test.gateway.connections.count == 6 })

            for round in 1...5 {
                let victims = names.values.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
                let kind = Int.random(in: 0..<4, using: &random)
                let list = try foreign.list(
                    UInt8(round), revoking: victims, since: TestGateway.now - 10,
                    until: TestGateway.now + 1_000)
                let change: @Sendable (inout RegistryTransaction) throws(RegistryError) -> Void = {
                    transaction throws(RegistryError) in
                    switch kind {
                    case 0: try transaction.loadRevocationList(list)
                    case 1: for device in victims { try transaction.setStatus(of: device.id, to: .inactive) }
                    case 2:
                        for device in victims
                        where transaction.policies(attachedTo: device.id).contains("least-privilege") {
                            try transaction.detachPolicy("least-privilege", from: device.id)
                        }
                    default: try transaction.setAuthority(foreign.id, isActive: round % 2 == 0)
                    }
                }
                let before = Set(test.gateway.connections)
                let preview = try test.registry.preview(now: TestGateway.now, change)
                let predicted = Set(await test.gateway.sessionsEnded(by: preview))
                #expect(predicted.isSubset(of: before))
                let admitted = { (id: CertificateID) in
                    guard let record = test.registry.registeredCertificate(id) else { return false }
                    if case .rejected = X509Authenticator(trust: test.registry).judge(
                        record, now: TestGateway.now)
                    {
                        return false
                    }
                    return true
                }
                let certificatesBefore = names.values.map(\.id).filter(admitted)
                try await test.registry.write { transaction throws(RegistryError) in
                    try transaction.require(generation: preview.generation)
                    try change(&transaction)
                }
                let certificatesAfter = names.values.map(\.id).filter(admitted)
                #expect(
                    preview.certificates
                        == certificatesBefore.filter { !certificatesAfter.contains($0) }.sorted())
                let remaining = before.subtracting(predicted)
                #expect(
                    await test.observer.wait { _ in Set(test.gateway.connections) == remaining },
                    "seed \(seed), round \(round), kind \(kind)")
                // What was judged on the loops has been; nobody else ends later.
                #expect(Set(await test.gateway.sessionsEnded(by: preview)).isEmpty)
                #expect(Set(test.gateway.connections) == remaining)
            }
        }
    }

    /// Hard mode: when the list's time is up, so are the connections that depend on it.
    @Test func sessionsEndWithTheirAuthoritysList() async throws {
        try await TestGateway.run { test in
            let fleet = try TestAuthority("Fleet", notBefore: TestGateway.now - 1_000)
            let credential = try fleet.authority.issueDevice(
                commonName: "pump", notBefore: TestGateway.now - 1_000, notAfter: 2_524_607_999)
            let list = try fleet.list(1, since: TestGateway.now - 10, until: TestGateway.now + 50)
            try await test.registry.registerAuthority(
                certificate: fleet.certificate, autoRegistration: nil, revocationMode: .hard,
                now: TestGateway.now)
            try await test.registry.loadRevocationList(list)
            try await test.registry.register(certificate: credential.certificate, now: TestGateway.now)
            try await test.registry.attachPolicy("everything", to: credential.certificate.id)
            let client = try await test.connect(credential, clientID: "pump")
            test.clock.advance(seconds: 50)
            #expect(try await client.hasNothing())
            test.clock.advance(seconds: 1)
            let (packets, _) = try await client.closed()
            #expect(packets.last?.disconnectPacket?.reasonCode == .notAuthorized)
        }
    }

    /// Just-in-time registration end to end: refused, published for whoever subscribes, let in once activated.
    @Test func pendingRegistrationsArePublished() async throws {
        try await TestGateway.run { test in
            let fleet = try TestAuthority("Fleet", notBefore: TestGateway.now - 1_000)
            let credential = try fleet.authority.issueDevice(
                commonName: "pump", notBefore: TestGateway.now - 1_000, notAfter: 2_524_607_999)
            try await test.registry.registerAuthority(
                certificate: fleet.certificate, autoRegistration: .pendingActivation, now: TestGateway.now)
            let events = try test.gateway.client("operator").subscribe(
                to: "$aws/events/certificates/registered/+")
            let device = try await test.open(credential)
            #expect(try await device.connect("pump").reasonCode == .notAuthorized)
            let message = try #require(await events.first { _ in true })
            #expect(message.topic == "$aws/events/certificates/registered/\(fleet.id)")
            #expect(String(buffer: message.payload).contains(credential.certificate.id.string))

            try await test.registry.setStatus(of: credential.certificate.id, to: .active)
            try await test.registry.attachPolicy("everything", to: credential.certificate.id)
            let again = try await test.open(credential)
            #expect(try await again.connect("pump").reasonCode == .success)
        }
    }
}

extension MQTTPacket {
    fileprivate var disconnectPacket: MQTTDisconnect? {
        if case .disconnect(let packet) = self { packet } else { nil }
    }
}
