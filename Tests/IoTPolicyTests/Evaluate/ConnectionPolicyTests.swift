import IoTPolicy
import Testing

@Suite("Rule book, sections 2 and 11: MQTT operations")
struct ConnectionPolicyTests {
    private func connection(
        _ statements: String, _ context: PolicyContext = PolicyContext(clientID: "c"),
        options: PolicyOptions = .default
    ) throws -> ConnectionPolicy {
        PolicySet(
            [NamedPolicy(name: "p", document: try document(statements))], options: options, generation: 7
        )
        .specialized(for: context, scope: scope)
    }

    private func denied(_ decision: PolicyDecision, _ action: MQTTAction, _ name: String) -> MQTTVerdict {
        MQTTVerdict(decision: decision, deniedAction: action, deniedName: name)
    }

    @Test("2.6 CONNECT needs Connect, and Publish and RetainPublish on its Will's topic")
    func connect() throws {
        let connect = statement("Allow", "iot:Connect", on: ["@client/c"])
        let publish = statement("Allow", "iot:Publish", on: ["@topic/w"])
        let retain = statement("Allow", "iot:RetainPublish", on: ["@topic/w"])
        #expect(
            try connection(publish).authorize(.connect(clientID: "c", willTopic: nil, willRetain: false))
                == denied(.implicitDeny, .connect, "c"))
        #expect(
            try connection(connect).authorize(.connect(clientID: "c", willTopic: nil, willRetain: false))
                == .allowed)
        #expect(
            try connection(connect).authorize(.connect(clientID: "c", willTopic: "w", willRetain: false))
                == denied(.implicitDeny, .publish, "w"))
        #expect(
            try connection(connect + "," + publish).authorize(
                .connect(clientID: "c", willTopic: "w", willRetain: false)) == .allowed)
        #expect(
            try connection(connect + "," + publish).authorize(
                .connect(clientID: "c", willTopic: "w", willRetain: true))
                == denied(.implicitDeny, .retainPublish, "w"))
        #expect(
            try connection([connect, publish, retain].joined(separator: ",")).authorize(
                .connect(clientID: "c", willTopic: "w", willRetain: true)) == .allowed)
    }

    @Test("2.6, 5.6, 5.7 the Will keys follow the operation, whatever the context says")
    func willKeys() throws {
        let text =
            statement("Allow", "iot:Connect", "iot:Publish", on: ["*"]) + ","
            + statement(
                "Deny", "iot:Connect", on: ["*"],
                when:
                    "{\"ForAnyValue:StringEquals\": {\"iot:ConnectAttributes\": \"LastWill\"}, \"ArnLike\": {\"iot:LastWillTopic\": \"\(expand("@topic/bad/*"))\"}}"
            )
        let forgetful = try connection(text)
        #expect(
            forgetful.authorize(.connect(clientID: "c", willTopic: "bad/1", willRetain: false))
                == denied(.explicitDeny, .connect, "c"))
        #expect(
            forgetful.authorize(.connect(clientID: "c", willTopic: "good", willRetain: false)) == .allowed)
        let stale = try connection(
            text,
            PolicyContext(
                clientID: "c", connectAttributes: ["LastWill"], lastWillTopic: expand("@topic/bad/1")))
        #expect(stale.authorize(.connect(clientID: "c", willTopic: nil, willRetain: false)) == .allowed)
    }

    @Test("a policy made for one client ID admits no other")
    func otherClient() throws {
        let open = try connection(statement("Allow", "*", on: ["*"]))
        #expect(
            open.authorize(.connect(clientID: "d", willTopic: nil, willRetain: false))
                == denied(.implicitDeny, .connect, "d"))
        let anonymous = try connection(statement("Allow", "*", on: ["*"]), PolicyContext())
        #expect(
            !anonymous.authorize(.connect(clientID: "c", willTopic: nil, willRetain: false)).decision
                .isAllowed)
    }

    @Test("2.7, 11.7 PUBLISH with RETAIN is two decisions; retained publishes to $aws/ are not possible")
    func publish() throws {
        let plain = try connection(statement("Allow", "iot:Publish", on: ["*"]))
        #expect(plain.authorize(.publish(topic: "a", retain: false)) == .allowed)
        #expect(
            plain.authorize(.publish(topic: "a", retain: true)) == denied(.implicitDeny, .retainPublish, "a"))
        let both = statement("Allow", "iot:Publish", "iot:RetainPublish", on: ["*"])
        #expect(try connection(both).authorize(.publish(topic: "a", retain: true)) == .allowed)
        #expect(try connection(both).authorize(.publish(topic: "$aws/things/x", retain: false)) == .allowed)
        #expect(
            try connection(both).authorize(.publish(topic: "$aws/things/x", retain: true))
                == denied(.implicitDeny, .retainPublish, "$aws/things/x"))
        var options = PolicyOptions.default
        options.allowsRetainedPublishToReservedTopics = true
        #expect(
            try connection(both, options: options).authorize(.publish(topic: "$aws/x", retain: true))
                == .allowed)
        let denying = both + "," + statement("Deny", "iot:RetainPublish", on: ["@topic/a"])
        #expect(
            try connection(denying).authorize(.publish(topic: "a", retain: true))
                == denied(.explicitDeny, .retainPublish, "a"))
    }

    @Test("2.8, 2.9, 2.15 SUBSCRIBE on the filter as sent, delivery on the topic")
    func subscribe() throws {
        let text =
            statement("Allow", "iot:Subscribe", on: ["@topicfilter/$share/g/a/*"]) + ","
            + statement("Allow", "iot:Receive", on: ["@topic/a/*"])
        let connection = try connection(text)
        #expect(connection.authorize(.subscribe(filter: "$share/g/a/#")) == .allowed)
        #expect(connection.authorize(.subscribe(filter: "a/#")) == denied(.implicitDeny, .subscribe, "a/#"))
        #expect(connection.authorize(.receive(topic: "a/b")) == .allowed)
        #expect(connection.authorize(.receive(topic: "b")) == denied(.implicitDeny, .receive, "b"))
    }

    @Test("conditions on the time are judged at the time of the decision")
    func time() throws {
        let text =
            statement(
                "Allow", "iot:Publish", on: ["@topic/a", "@topic/b/*"],
                when:
                    "{\"DateLessThan\": {\"aws:CurrentTime\": \"2026-01-01\"}, \"StringEquals\": {\"iot:ClientId\": \"c\"}}"
            ) + ","
            + statement(
                "Deny", "iot:Publish", on: ["@topic/a"], element: "NotResource",
                when: "{\"NumericGreaterThan\": {\"aws:EpochTime\": 1767225000}}") + ","
            + statement("Allow", "iot:Receive", on: ["@topic/at/${aws:EpochTime}"])
        let connection = try connection(text, PolicyContext(clientID: "c", time: 1_767_000_000))
        #expect(connection.decide(.publish, "b/1") == .allowed)
        #expect(connection.decide(.publish, "b/1", at: 1_767_225_100) == .explicitDeny)
        #expect(connection.decide(.publish, "a", at: 1_767_225_100) == .allowed)
        #expect(connection.decide(.publish, "a", at: 1_767_225_600) == .implicitDeny)
        #expect(connection.explain(.publish, "a", at: 1_767_225_600).decision == .implicitDeny)
        #expect(connection.decide(.receive, "at/5", at: 5) == .allowed)
        #expect(connection.decide(.receive, "at/5") == .implicitDeny)
        #expect(
            connection.authorize(.publish(topic: "a", retain: false), at: 1_767_225_600).deniedName == "a")
    }

    @Test("bytes and text are judged alike; the generation is carried along")
    func bytes() throws {
        let connection = try connection(statement("Allow", "iot:Publish", on: ["@topic/é*"]))
        #expect(Array("éa".utf8).withUnsafeBufferPointer { connection.decide(.publish, $0) } == .allowed)
        #expect(connection.decide(.publish, "éa") == .allowed)
        #expect(connection.generation == 7)
        #expect(
            connection.request(.publish, "x")
                == PolicyRequest(action: "iot:Publish", resource: expand("@topic/x")))
    }

    @Test("names of every length around the eight bytes compared at a glance")
    func lengths() throws {
        for length in 0...20 {
            let name = String("abcdefghijklmnopqrst".prefix(length))
            let text = [name, "\(name)*", "*\(name)", "\(name)*\(name)", "\(name)?"].enumerated().map {
                statement(
                    "Allow", MQTTAction.allCases[$0].policyAction,
                    on: ["@\(MQTTAction.allCases[$0].resourceType)/\($1)"])
            }
            let connection = try connection(text.joined(separator: ","))
            #expect(connection.decide(.connect, name) == .allowed)
            #expect(connection.decide(.connect, name + "x") == .implicitDeny)
            #expect(connection.decide(.publish, name + "x") == .allowed)
            #expect(connection.decide(.retainPublish, "x" + name) == .allowed)
            #expect(connection.decide(.subscribe, name + name) == .allowed)
            #expect(connection.decide(.subscribe, name + "-" + name) == .allowed)
            #expect(connection.decide(.receive, name + "é") == .allowed)
            guard length > 0 else { continue }
            let short = String(name.dropLast())
            #expect(connection.decide(.connect, short) == .implicitDeny)
            #expect(connection.decide(.publish, short) == .implicitDeny)
            #expect(connection.decide(.retainPublish, String(name.dropFirst())) == .implicitDeny)
            #expect(connection.decide(.subscribe, name + String(name.dropFirst())) == .implicitDeny)
            #expect(connection.decide(.receive, name) == .implicitDeny)
            #expect(connection.decide(.connect, "!" + String(name.dropFirst())) == .implicitDeny)
        }
    }
}
