import IoTPolicy
import Testing

@testable import device_gateway

@Suite("Default policy")
struct DefaultPolicyTests {
    private static let scope = ARNScope(partition: "aws-cn", region: "cn-north-1", accountID: "000000000042")

    private func isAllowed(
        _ action: MQTTAction, _ name: String, clientID: String = "device1", thing: String? = "device1",
        isAttached: Bool = true
    ) throws -> Bool {
        let document = try PolicyDocument(json: DefaultPolicy.document(scope: Self.scope))
        let policies = PolicySet([NamedPolicy(name: DefaultPolicy.name, document: document)])
        let context = PolicyContext(
            clientID: clientID, thing: thing.map { ThingContext(name: $0, isAttached: isAttached) })
        return policies.specialized(for: context, scope: Self.scope).decide(action, name).isAllowed
    }

    @Test("A device connects as its own thing and uses its own topics")
    func allowed() throws {
        #expect(try isAllowed(.connect, "device1"))
        #expect(try isAllowed(.publish, "devices/device1/status"))
        #expect(try isAllowed(.retainPublish, "devices/device1/status"))
        #expect(try isAllowed(.receive, "devices/device1/a/b"))
        #expect(try isAllowed(.subscribe, "devices/device1/#"))
    }

    @Test("It does nothing else")
    func denied() throws {
        #expect(try !isAllowed(.connect, "device2", clientID: "device2"))
        #expect(try !isAllowed(.connect, "device1", isAttached: false))
        #expect(try !isAllowed(.connect, "device1", thing: nil))
        #expect(try !isAllowed(.publish, "devices/device2/status"))
        #expect(try !isAllowed(.publish, "devices/device10/status"))
        #expect(try !isAllowed(.retainPublish, "devices/device2/status"))
        #expect(try !isAllowed(.receive, "devices/device2/status"))
        for filter in ["#", "devices/#", "devices/+/status", "devices/device2/#"] {
            #expect(try !isAllowed(.subscribe, filter), "\(filter)")
        }
    }
}
