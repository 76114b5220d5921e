import IoTPolicy
import Testing

@Suite("Rule book, section 6: the decision")
struct PolicySetTests {
    private let allowAll = statement("Allow", "*", on: ["*"])
    private let denyAlarm = statement("Deny", "iot:Publish", on: ["@topic/alarm/*"])

    @Test("6.1 nothing allows: implicit deny; a deny in any document wins; otherwise an allow allows")
    func basics() throws {
        #expect(decide([PolicyDocument](), "iot:Publish", "@topic/a") == .implicitDeny)
        #expect(try decide("", "iot:Publish", "@topic/a") == .implicitDeny)
        #expect(try decide(denyAlarm, "iot:Publish", "@topic/a") == .implicitDeny)
        #expect(try decide(denyAlarm, "iot:Publish", "@topic/alarm/1") == .explicitDeny)
        let documents = try [document(allowAll), document(denyAlarm)]
        #expect(decide(documents, "iot:Publish", "@topic/alarm/1") == .explicitDeny)
        #expect(decide(documents, "iot:Publish", "@topic/a") == .allowed)
    }

    @Test("6.2 order never matters")
    func order() throws {
        #expect(try decide("\(allowAll), \(denyAlarm)", "iot:Publish", "@topic/alarm/1") == .explicitDeny)
        #expect(try decide("\(denyAlarm), \(allowAll)", "iot:Publish", "@topic/alarm/1") == .explicitDeny)
    }

    @Test("6.3 group policies take effect only for a connection associated with its thing")
    func groups() throws {
        let policies = try [
            NamedPolicy(name: "c", document: document(allowAll)),
            NamedPolicy(name: "g", document: document(denyAlarm), source: .thingGroup("group")),
        ]
        func judge(_ clientID: String, exclusive: Bool = false, options: PolicyOptions = .default)
            -> PolicyDecision?
        {
            let thing = ThingContext(name: "t", isAttached: true, isExclusive: exclusive)
            return decide(
                policies, "iot:Publish", "@topic/alarm/1", PolicyContext(clientID: clientID, thing: thing),
                options: options)
        }
        #expect(judge("t") == .explicitDeny)
        #expect(judge("other") == .allowed)
        #expect(judge("other", exclusive: true) == .explicitDeny)
        var options = PolicyOptions.default
        options.groupPoliciesApplyToExclusiveThing = false
        #expect(judge("other", exclusive: true, options: options) == .allowed)
        #expect(judge("t", exclusive: true, options: options) == .explicitDeny)
    }

    @Test(
        "6.4 an authenticated identity needs its role and its own policies, other principals the role alone")
    func cognito() throws {
        let role = try NamedPolicy(name: "role", document: document(allowAll), source: .role)
        let own = try NamedPolicy(
            name: "own", document: document(statement("Allow", "iot:Publish", on: ["@topic/a"])),
            source: .identity)
        let deny = try NamedPolicy(name: "deny", document: document(denyAlarm), source: .identity)
        func judge(
            _ policies: [NamedPolicy], _ principal: PolicyPrincipal, _ action: String = "iot:Publish",
            _ resource: String = "@topic/a"
        ) -> PolicyDecision? {
            decide(policies, action, resource, PolicyContext(principal: principal, clientID: "c"))
        }
        #expect(judge([role, own], .authenticatedIdentity) == .allowed)
        #expect(judge([role], .authenticatedIdentity) == .implicitDeny)
        #expect(judge([own], .authenticatedIdentity) == .implicitDeny)
        #expect(judge([role, own], .authenticatedIdentity, "iot:Publish", "@topic/b") == .implicitDeny)
        #expect(
            judge([role, deny], .authenticatedIdentity, "iot:Publish", "@topic/alarm/1") == .explicitDeny)
        #expect(judge([role], .authenticatedIdentity, "iot:GetRetainedMessage") == .allowed)
        #expect(judge([role], .unauthenticatedIdentity) == .allowed)
        #expect(judge([own], .unauthenticatedIdentity) == .implicitDeny)
    }

    @Test("6.5 a custom authorizer's documents are judged in the same way")
    func customAuthorizer() throws {
        let policy = try NamedPolicy(
            name: "a", document: document("\(allowAll), \(denyAlarm)"), source: .customAuthorizer)
        #expect(decide([policy], "iot:Publish", "@topic/alarm/1") == .explicitDeny)
        #expect(decide([policy], "iot:Publish", "@topic/a") == .allowed)
    }

    @Test("7.2 several resources: all have to be allowed, a deny on any is explicit")
    func combined() {
        #expect(PolicyDecision.combined([.allowed, .allowed]) == .allowed)
        #expect(PolicyDecision.combined([.allowed, .implicitDeny]) == .implicitDeny)
        #expect(PolicyDecision.combined([.implicitDeny, .explicitDeny, .allowed]) == .explicitDeny)
        #expect(PolicyDecision.combined([]) == .implicitDeny)
    }
}
