import DeviceGateway
import IoTPolicy
import Testing
import X509Auth

@Suite struct CompiledPoliciesTests {
    private let registry: DeviceRegistry
    private let devices: [X509Certificate]

    init() async throws {
        registry = try await emptyRegistry()
        let authority = try TestAuthority()
        devices = try (0..<3).map { try authority.device("device-\($0)") }
        for device in devices { try await registry.register(certificate: device, now: registrationTime) }
        for name in ["p", "q"] { try await registry.putPolicy(name: name, text: policyText()) }
    }

    private func set(_ device: Int) -> PolicySet { registry.compiledPolicies(attachedTo: devices[device].id) }

    private func decision(_ device: Int, client: String) -> PolicyDecision {
        let request = PolicyRequest(
            action: "iot:Connect", resource: "arn:aws:iot:us-east-1:123456789012:client/\(client)")
        return set(device).evaluate(request, in: PolicyContext())
    }

    @Test func whatIsAttachedIsInForce() async throws {
        #expect(decision(0, client: "a") == .implicitDeny)
        try await registry.putPolicy(name: "p", text: policyText(client: "a"))
        try await registry.attachPolicy("p", to: devices[0].id)
        #expect(decision(0, client: "a") == .allowed)
        #expect(decision(0, client: "b") == .implicitDeny)
        #expect(decision(1, client: "a") == .implicitDeny)
        try await registry.putPolicy(name: "p", text: policyText(client: "b"))
        #expect(decision(0, client: "a") == .implicitDeny)
        #expect(decision(0, client: "b") == .allowed)
        try await registry.detachPolicy("p", from: devices[0].id)
        #expect(decision(0, client: "b") == .implicitDeny)
        let unknown = registry.compiledPolicies(attachedTo: CertificateID(der: [1]))
        #expect(
            unknown.evaluate(.init(action: "iot:Connect", resource: "*"), in: PolicyContext())
                == .implicitDeny)
    }

    @Test func certificatesWithTheSamePoliciesShareASet() async throws {
        try await registry.attachPolicy("p", to: devices[0].id)
        try await registry.attachPolicy("q", to: devices[0].id)
        try await registry.attachPolicy("q", to: devices[1].id)
        try await registry.attachPolicy("p", to: devices[1].id)
        #expect(set(0) === set(1))
        #expect(set(0) !== set(2))
        #expect(registry.compiledPolicies(named: ["q", "p", "q"]) === set(0))
    }

    @Test func aNewTextMakesNewSetsOfThatPolicyAlone() async throws {
        try await registry.attachPolicy("p", to: devices[0].id)
        try await registry.attachPolicy("q", to: devices[1].id)
        let (first, second) = (set(0), set(1))
        try await registry.putPolicy(name: "p", text: policyText(client: "a"))
        #expect(set(0) !== first)
        #expect(set(0).generation != first.generation)
        #expect(set(1) === second)
    }

    @Test func otherChangesLeaveSetsAlone() async throws {
        try await registry.attachPolicy("p", to: devices[0].id)
        let before = set(0)
        try await registry.createThing(ThingRecord(name: "lamp"))
        try await registry.attach(thing: "lamp", to: devices[0].id)
        try await registry.setStatus(of: devices[0].id, to: .inactive)
        try await registry.attachPolicy("p", to: devices[1].id)
        #expect(set(0) === before)
        #expect(set(1) === before)
    }

    @Test func differentSetsNeverHaveTheSameGeneration() async throws {
        try await registry.attachPolicy("p", to: devices[0].id)
        try await registry.attachPolicy("q", to: devices[0].id)
        try await registry.attachPolicy("q", to: devices[1].id)
        var sets = [set(0), set(1), set(2)]
        try await registry.detachPolicy("p", from: devices[0].id)
        #expect(set(0) === set(1))
        try await registry.attachPolicy("p", to: devices[0].id)
        sets.append(set(0))
        try await registry.putPolicy(name: "q", text: policyText(client: "a"))
        sets += [set(0), set(1)]
        let distinct = Set(sets.map(ObjectIdentifier.init))
        #expect(Set(sets.map(\.generation)).count == distinct.count)
    }

    @Test func anIncompleteListIsNoList() async throws {
        #expect(registry.compiledPolicies(named: ["p", "missing"]) == nil)
        #expect(registry.compiledPolicies(named: ["p"]) != nil)
        try await registry.removePolicy("p")
        #expect(registry.compiledPolicies(named: ["p"]) == nil)
    }

    @Test func aRecreatedPolicyIsNotTheOldOne() async throws {
        let old = registry.compiledPolicies(named: ["p"])
        try await registry.removePolicy("p")
        try await registry.putPolicy(name: "p", text: policyText())
        #expect(registry.compiledPolicies(named: ["p"]) !== old)
    }

    @Test func manyObsoleteListsAreForgotten() async throws {
        for number in 0..<300 {
            try await registry.putPolicy(name: "n\(number)", text: policyText())
        }
        let first = try #require(registry.compiledPolicies(named: ["n0"]))
        for number in 1..<300 { _ = registry.compiledPolicies(named: ["n\(number)"]) }
        let again = try #require(registry.compiledPolicies(named: ["n0"]))
        #expect(again !== first)
        #expect(again.generation > first.generation)
    }

    @Test func concurrentReadersGetOneSet() async throws {
        let identifier = devices[0].id
        try await registry.attachPolicy("p", to: identifier)
        let sets = await withTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0..<64 {
                group.addTask { ObjectIdentifier(registry.compiledPolicies(attachedTo: identifier)) }
            }
            return await group.reduce(into: Set<ObjectIdentifier>()) { $0.insert($1) }
        }
        // The registry keeps the set alive, so an identifier is not used twice.
        #expect(sets == [ObjectIdentifier(set(0))])
    }
}
