import IoTPolicy
import Testing

@Suite("Explanations")
struct PolicyExplanationTests {
    private func explain(
        _ statements: String, _ action: String, _ resource: String,
        _ context: PolicyContext = PolicyContext(clientID: "c"),
        version: String = "2012-10-17"
    ) throws -> PolicyExplanation {
        PolicySet([NamedPolicy(name: "devices", document: try document(statements, version: version))])
            .explain(PolicyRequest(action: action, resource: expand(resource)), in: context)
    }

    private func miss(
        _ statements: String, _ action: String, _ resource: String,
        _ context: PolicyContext = PolicyContext(clientID: "c"),
        version: String = "2012-10-17"
    ) throws -> String {
        let explanation = try explain(statements, action, resource, context, version: version)
        #expect(explanation.decision == .implicitDeny)
        return explanation.nearestMiss ?? ""
    }

    private let own = statement("Allow", "iot:Publish", on: ["@topic/d/${iot:Connection.Thing.ThingName}/*"])

    @Test("the deciding statement is named by policy, label, place; with its pattern and variables")
    func deciding() throws {
        let text =
            "{\n \"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"iot:*\", \"Resource\": \"\(expand("@topic/x"))\"},\n  {\"Sid\": \"Own\", \"Effect\": \"Allow\", \"Action\": \"iot:Publish\", \"Resource\": [\"\(expand("@topic/${iot:ClientId}"))\"]}]}"
        let set = PolicySet([NamedPolicy(name: "devices", document: try PolicyDocument(json: text))])
        let explanation = set.explain(
            PolicyRequest(action: "iot:Publish", resource: expand("@topic/c")),
            in: PolicyContext(clientID: "c"))
        #expect(
            explanation.decidingStatement
                == StatementReference(policyName: "devices", sid: "Own", index: 1, line: 4, column: 3))
        #expect(explanation.matchedPattern == expand("@topic/${iot:ClientId}"))
        #expect(explanation.variables.map(\.description) == ["${iot:ClientId} = c"])
        #expect(explanation.nearestMiss == nil)
        #expect(
            explanation.summary
                == "allowed: iot:Publish on \(expand("@topic/c")) by statement 2 (\"Own\") of policy devices (line 4, column 3), pattern \(expand("@topic/${iot:ClientId}"))"
        )
    }

    @Test("a deny is named before the allows it beats; policies without match are listed (rule 7.2)")
    func denying() throws {
        let set = PolicySet([
            NamedPolicy(name: "a", document: try document(statement("Allow", "*", on: ["*"]))),
            NamedPolicy(
                name: "d",
                document: try document(
                    statement("Deny", "iot:Publish", on: ["@topic/ok"], element: "NotResource"))),
            NamedPolicy(name: "n", document: try document(own)),
        ])
        let explanation = set.explain(
            PolicyRequest(action: "iot:Publish", resource: expand("@topic/x")),
            in: PolicyContext(clientID: "c"))
        #expect(explanation.decision == .explicitDeny)
        #expect(explanation.decidingStatement?.policyName == "d")
        #expect(explanation.matchedPattern == nil)
        #expect(explanation.allowingStatements.map(\.policyName) == ["a"])
        #expect(explanation.denyingStatements.map(\.policyName) == ["d"])
        #expect(explanation.policiesWithoutMatch == ["n"])
        #expect(explanation.summary.contains("NotResource"))
    }

    @Test("an unresolved thing is the nearest miss, in words a developer acts on")
    func unresolved() throws {
        let thing = ThingContext(name: "y", isAttached: true)
        let context = PolicyContext(clientID: "x", thing: thing)
        #expect(
            try miss(own, "iot:Publish", "@topic/d/y/t", context)
                .hasSuffix("would allow this if ThingName were set: client ID `x` isn't thing `y`"))
        let explanation = try explain(own, "iot:Publish", "@topic/d/y/t", context)
        #expect(explanation.missingContextValues == ["iot:Connection.Thing.ThingName"])
        #expect(explanation.variables.first?.value == nil)
        #expect(
            try miss(
                own, "iot:Publish", "@topic/d/y/t",
                PolicyContext(clientID: "y", thing: ThingContext(name: "y", isAttached: false))
            ).hasSuffix("the certificate is not attached to thing `y`"))
        #expect(
            try miss(own, "iot:Publish", "@topic/d/y/t", PolicyContext(clientID: "y")).hasSuffix(
                "no thing goes with this connection"))
        #expect(
            try miss(own, "iot:Publish", "@topic/d/y/t", PolicyContext(transport: .http, thing: thing))
                .hasSuffix("thing variables do not resolve over HTTPS"))
        let type = statement("Allow", "iot:Publish", on: ["@topic/${iot:Connection.Thing.ThingTypeName}"])
        #expect(
            try miss(type, "iot:Publish", "@topic/a", PolicyContext(clientID: "y", thing: thing)).hasSuffix(
                "thing `y` has no type"))
        let certificate = statement(
            "Allow", "iot:Publish", on: ["@topic/${iot:Certificate.Subject.CommonName}"])
        #expect(
            try miss(certificate, "iot:Publish", "@topic/a").hasSuffix(
                "the connection has no client certificate"))
        let wild = PolicyContext(
            clientID: "c", certificate: CertificateContext(id: "i", subject: ["CommonName": ["a*"]]))
        #expect(try miss(certificate, "iot:Publish", "@topic/a", wild).contains("its value holds one of"))
    }

    @Test("another's topic: the variable's value is shown")
    func otherValue() throws {
        let context = PolicyContext(clientID: "y", thing: ThingContext(name: "y", isAttached: true))
        let sentence = try miss(own, "iot:Publish", "@topic/d/z/t", context)
        #expect(
            sentence.contains("${iot:Connection.Thing.ThingName} is `y`, which is not what was asked for"))
    }

    @Test("a condition that failed, with the value it saw")
    func condition() throws {
        let text = statement(
            "Allow", "iot:Publish", on: ["*"], when: "{\"StringEquals\": {\"iot:DomainName\": \"a\"}}")
        #expect(
            try miss(text, "iot:Publish", "@topic/a").contains(
                "StringEquals on iot:DomainName wants `a`, and the key has no value: the client asked for no server name"
            ))
        #expect(
            try miss(text, "iot:Publish", "@topic/a", PolicyContext(clientID: "c", domainName: "b")).contains(
                "wants `a`, and the key is `b`"))
        #expect(try explain(text, "iot:Publish", "@topic/a").missingContextValues == ["iot:DomainName"])
    }

    @Test("the usual mistakes are recognised")
    func mistakes() throws {
        #expect(
            try miss(
                statement("Allow", "iot:Subscribe", on: ["@topic/a/*"]), "iot:Subscribe", "@topicfilter/a/#"
            ).contains("names topic/…, but iot:Subscribe is judged on topicfilter/…"))
        #expect(
            try miss(
                statement("Allow", "iot:Publish", on: ["arn:aws:iot:eu-west-1:123456789012:topic/a"]),
                "iot:Publish", "@topic/a"
            ).contains("the Region asked for is `us-east-1`"))
        #expect(
            try miss(statement("Allow", "iot:Publish", on: ["@topic/A"]), "iot:Publish", "@topic/a").contains(
                "only in case"))
        #expect(
            try miss(statement("Allow", "iot:Publish", on: ["@topic/a/#"]), "iot:Publish", "@topic/a/b")
                .contains("+ and # are ordinary characters"))
        #expect(
            try miss(
                statement("Allow", "iot:Publish", on: ["@topic/${iot:ClientId}"]), "iot:Publish", "@topic/c",
                version: "2008-10-17"
            ).contains("\"Version\": \"2012-10-17\""))
        #expect(
            try miss(statement("Allow", "iot:Publish", on: ["@topic/a"]), "iot:RetainPublish", "@topic/a")
                .contains("iot:Publish does not include iot:RetainPublish"))
        #expect(
            try miss(
                statement("Allow", "iot:Receive", on: ["@topic/a"], element: "NotResource"), "iot:Receive",
                "@topic/a"
            ).contains("excepts this resource"))
        #expect(
            try miss(statement("Deny", "iot:Receive", on: ["@topic/a"]), "iot:Publish", "@topic/a")
                == "no statement allows iot:Publish at all")
    }

    @Test("without policies, and with a group policy that is not in force")
    func notInForce() throws {
        let request = PolicyRequest(action: "iot:Publish", resource: expand("@topic/a"))
        #expect(
            PolicySet([]).explain(request, in: PolicyContext(clientID: "c")).nearestMiss
                == "no policy is attached")
        let group = NamedPolicy(
            name: "g", document: try document(statement("Allow", "*", on: ["*"])),
            source: .thingGroup("pumps"))
        let context = PolicyContext(clientID: "x", thing: ThingContext(name: "y", isAttached: true))
        let sentence = PolicySet([group]).explain(request, in: context).nearestMiss
        #expect(sentence?.hasSuffix("it is on thing group pumps, and client ID `x` isn't thing `y`") == true)
    }

    @Test("7.2 keys wanted and missing are those of statements about the action")
    func missingKeys() throws {
        let text =
            own + ","
            + statement("Allow", "iot:Receive", on: ["@topic/${iot:Connection.Thing.ThingTypeName}"])
        #expect(
            try explain(text, "iot:Publish", "@topic/a").missingContextValues == [
                "iot:Connection.Thing.ThingName"
            ])
    }
}
