import DeviceGateway
import Testing
import X509Auth

/// Random writes: whatever happens, the indexes agree with one another, and a registry opened from the
/// store is the registry that wrote it.
@Suite struct RegistryModelTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func randomWritesKeepEverythingInStep(_ seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let store = InMemoryRegistryStore()
        let registry = try await DeviceRegistry.open(store: store)
        let authorities = try ["A", "B"].map { try TestAuthority($0) }
        let certificates = try (0..<6).map { try authorities[$0 % 2].device("thing-\($0 % 4)") }
        let names = (0..<4).map { "thing-\($0)" }
        var refusals = 0
        let rounds = 400

        for _ in 0..<rounds {
            let certificate = certificates[Int.random(in: 0..<6, using: &random)]
            let authority = authorities[Int.random(in: 0..<2, using: &random)]
            let name = names[Int.random(in: 0..<4, using: &random)]
            let number = Int.random(in: 0..<3, using: &random)
            let isActive = Bool.random(using: &random)
            let kind = Int.random(in: 0..<16, using: &random)
            let code = await refusal {
                switch kind {
                case 0: try await registry.createThing(ThingRecord(name: name))
                case 1:
                    try await registry.updateThing(ThingRecord(name: name, attributes: ["n": "\(number)"]))
                case 2: try await registry.removeThing(name)
                case 3, 4: try await registry.attach(thing: name, to: certificate.id)
                case 5: try await registry.detach(thing: name, from: certificate.id)
                case 6: try await registry.register(certificate: certificate, now: registrationTime)
                case 7:
                    try await registry.setStatus(of: certificate.id, to: isActive ? .active : .inactive)
                case 8: try await registry.removeCertificate(certificate.id, detaching: true)
                case 9: try await registry.putPolicy(name: name, text: policyText(client: "\(number)"))
                case 10: try await registry.removePolicy(name)
                case 11, 12: try await registry.attachPolicy(name, to: certificate.id)
                case 13: try await registry.detachPolicy(name, from: certificate.id)
                case 14:
                    try await registry.registerAuthority(
                        certificate: authority.certificate,
                        autoRegistration: isActive
                            ? .commonName(ProvisioningTemplate(policyNames: [name])) : nil,
                        now: registrationTime)
                default:
                    try await registry.admitFirstSight(
                        certificate, authority: authority.id, now: registrationTime)
                }
            }
            if code != nil { refusals += 1 }
        }
        #expect(refusals < rounds * 3 / 4)
        #expect(refusals > rounds / 20)

        expectAgreement(registry)
        let reopened = try await DeviceRegistry.open(store: store)
        #expect(reopened.allThings == registry.allThings)
        #expect(reopened.allCertificates == registry.allCertificates)
        #expect(reopened.allPolicies == registry.allPolicies)
        #expect(reopened.allAuthorities == registry.allAuthorities)
        for certificate in certificates {
            #expect(
                reopened.things(attachedTo: certificate.id) == registry.things(attachedTo: certificate.id))
            #expect(
                reopened.policies(attachedTo: certificate.id) == registry.policies(attachedTo: certificate.id)
            )
        }
        expectAgreement(reopened)
    }

    private func expectAgreement(_ registry: DeviceRegistry) {
        for certificate in registry.allCertificates {
            for thing in registry.things(attachedTo: certificate.id) {
                #expect(registry.certificates(attachedTo: thing.name).contains(certificate.id))
            }
            for policy in registry.policies(attachedTo: certificate.id) {
                #expect(registry.policyTargets(policy.name).contains(certificate.id))
            }
            #expect(
                registry.isKnown(issuerDER: certificate.issuer, serialNumber: certificate.serialNumber))
        }
        for thing in registry.allThings {
            for id in registry.certificates(attachedTo: thing.name) {
                #expect(registry.things(attachedTo: id).contains(thing))
            }
        }
        for policy in registry.allPolicies {
            for id in registry.policyTargets(policy.name) {
                #expect(registry.policies(attachedTo: id).contains(policy))
            }
        }
    }
}
