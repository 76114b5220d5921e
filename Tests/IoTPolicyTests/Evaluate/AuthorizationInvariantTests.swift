import IoTPolicy
import Testing

/// What no policy may ever let through, whatever it says: the ways brokers have been talked past their own rules.
@Suite("Authorization invariants")
struct AuthorizationInvariantTests {
    /// Whether an MQTT filter matches a topic, written from the standard (MQTT 5, section 4.7).
    private func matches(_ filter: String, _ topic: String) -> Bool {
        let filters = filter.split(separator: "/", omittingEmptySubsequences: false)
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        if topic.hasPrefix("$"), filter.hasPrefix("+") || filter.hasPrefix("#") { return false }
        for (index, level) in filters.enumerated() {
            if level == "#" { return true }
            guard index < levels.count, level == "+" || level == levels[index] else { return false }
        }
        return filters.count == levels.count
    }

    @Test(
        "a granted filter opens only what iot:Receive allows: every topic it can match is judged by itself",
        arguments: 0..<10)
    func subscribeThenReceive(block: Int) throws {
        var delivered = 0
        var silenced = 0
        for index in 0..<300 {
            var generator = PolicyGenerator(seed: UInt64(90_000 + block * 300 + index))
            let texts = [generator.documentText(), statement("Allow", "iot:Subscribe", on: ["*"])]
            let documents = [try PolicyDocument(json: texts[0]), try document(texts[1])]
            let set = PolicySet(documents.enumerated().map { NamedPolicy(name: "p\($0)", document: $1) })
            let context = generator.context()
            let connection = set.specialized(for: context, scope: scope)
            for filter in ["#", "+", "a/#", "+/b", "a/+/+"] {
                guard connection.authorize(.subscribe(filter: filter)).decision.isAllowed else { continue }
                for topic in ["a", "b", "a/b", "a/b/ab", "north/b", "a/north/t1"] where matches(filter, topic)
                {
                    let verdict = connection.authorize(.receive(topic: topic))
                    let expected = SlowEvaluator(documents: documents).evaluate(
                        PolicyRequest(action: "iot:Receive", resource: scope.arn(topic: topic)), context)
                    #expect(verdict.decision == expected)
                    if expected.isAllowed { delivered += 1 } else { silenced += 1 }
                }
            }
        }
        #expect(delivered > 100 && silenced > 100)
    }

    @Test("a right to a filter without iot:Receive delivers nothing, not even its literal text")
    func subscribeAlone() throws {
        let text = statement("Allow", "iot:Subscribe", on: ["@topicfilter/*"])
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        let connection = set.specialized(for: PolicyContext(clientID: "c"), scope: scope)
        for name in ["#", "a", "a/b", "$SYS/x"] {
            #expect(connection.authorize(.subscribe(filter: name)).decision.isAllowed)
            #expect(connection.authorize(.receive(topic: name)).decision == .implicitDeny)
        }
    }

    @Test(
        "an identity of wildcards opens nothing but itself",
        arguments: ["#", "+", "*", "?", "${*}", "a*", ""])
    func wildcardIdentity(clientID: String) throws {
        let text = [
            statement("Allow", "iot:Publish", "iot:Receive", on: ["@topic/${iot:ClientId}/x"]),
            statement("Allow", "iot:Subscribe", on: ["@topicfilter/${iot:ClientId}/x"]),
        ].joined(separator: ",")
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        let connection = set.specialized(for: PolicyContext(clientID: clientID), scope: scope)
        for other in ["a", "ab", "abc", "b"] {
            for operation in [
                MQTTOperation.publish(topic: "\(other)/x", retain: false), .receive(topic: "\(other)/x"),
                .subscribe(filter: "\(other)/x"),
            ] {
                #expect(connection.authorize(operation).decision == .implicitDeny)
            }
        }
        #expect(connection.authorize(.subscribe(filter: "\(clientID)/x")).decision == .allowed)
    }

    @Test("no policy, no permission", arguments: [[], [false], [false, false]])
    func nothingAllowsNothing(policies: [Bool]) throws {
        let denyOnly = try document(statement("Deny", "iot:Connect", on: ["@client/never"]))
        let set = PolicySet(policies.map { _ in NamedPolicy(name: "p", document: denyOnly) })
        let connection = set.specialized(for: PolicyContext(clientID: "c"), scope: scope)
        for operation in [
            MQTTOperation.connect(clientID: "c", willTopic: nil, willRetain: false),
            .publish(topic: "a", retain: false), .subscribe(filter: "#"), .receive(topic: "a"),
        ] {
            #expect(connection.authorize(operation).decision == .implicitDeny)
        }
    }

    @Test("an Allow on an unresolved variable allows nothing, whatever the name")
    func unresolvedVariable() throws {
        let text = statement(
            "Allow", "iot:Publish",
            on: ["@topic/${iot:Connection.Thing.ThingName}", "@topic/*${iot:Nothing}*"])
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        let connection = set.specialized(for: PolicyContext(clientID: "c"), scope: scope)
        for topic in ["", "c", "${iot:Connection.Thing.ThingName}", "*", "${iot:Nothing}"] {
            #expect(connection.decide(.publish, topic) == .implicitDeny)
        }
    }

    @Test("a Will and a retained message need their own rights")
    func willAndRetain() throws {
        let text = statement("Allow", "iot:Connect", "iot:Publish", on: ["@client/c", "@topic/a"])
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        let connection = set.specialized(for: PolicyContext(clientID: "c"), scope: scope)
        func judge(_ operation: MQTTOperation) -> MQTTAction? { connection.authorize(operation).deniedAction }
        #expect(judge(.connect(clientID: "c", willTopic: "a", willRetain: false)) == nil)
        #expect(judge(.connect(clientID: "c", willTopic: "b", willRetain: false)) == .publish)
        #expect(judge(.connect(clientID: "c", willTopic: "a", willRetain: true)) == .retainPublish)
        #expect(judge(.publish(topic: "a", retain: true)) == .retainPublish)
        #expect(judge(.connect(clientID: "d", willTopic: nil, willRetain: false)) == .connect)
    }
}
