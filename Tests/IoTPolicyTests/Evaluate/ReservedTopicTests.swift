import IoTPolicy
import Testing

/// Services behind reserved topics: over MQTT they are publishes, subscriptions and deliveries like any other.
@Suite("Reserved topics and HTTP actions")
struct ReservedTopicTests {
    @Test(
        "2.4 provisioning over MQTT needs Publish, Subscribe and Receive on its topics, no action of its own")
    func provisioning() throws {
        let topic = "$aws/certificates/create/json"
        let text = [
            statement("Allow", "iot:Publish", "iot:Receive", on: ["@topic/$aws/certificates/create/*"]),
            statement("Allow", "iot:Subscribe", on: ["@topicfilter/$aws/certificates/create/*"]),
        ].joined(separator: ",")
        #expect(try decide(text, "iot:Publish", "@topic/\(topic)") == .allowed)
        #expect(try decide(text, "iot:Receive", "@topic/\(topic)/accepted") == .allowed)
        #expect(try decide(text, "iot:Subscribe", "@topicfilter/\(topic)/accepted") == .allowed)
        let own = statement("Allow", "iot:CreateKeysAndCertificate", "iot:RegisterThing", on: ["*"])
        #expect(try decide(own, "iot:Publish", "@topic/\(topic)") == .implicitDeny)
    }

    @Test("2.10 Publish alone publishes; Connect is asked for once, at CONNECT")
    func publishWithoutConnect() throws {
        let text = statement("Allow", "iot:Publish", on: ["@topic/a"])
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        let connection = set.specialized(for: PolicyContext(clientID: "c"), scope: scope)
        #expect(connection.authorize(.publish(topic: "a", retain: false)) == .allowed)
        let connect = connection.authorize(.connect(clientID: "c", willTopic: nil, willRetain: false))
        #expect(connect.deniedAction == .connect)
    }

    @Test("2.11 over MQTT the shadow actions are not consulted")
    func shadowOverMQTT() throws {
        let actions = statement("Allow", "iot:GetThingShadow", "iot:UpdateThingShadow", on: ["@thing/t"])
        #expect(try decide(actions, "iot:Publish", "@topic/$aws/things/t/shadow/update") == .implicitDeny)
        let publish = statement("Allow", "iot:Publish", on: ["@topic/$aws/things/t/shadow/*"])
        #expect(try decide(publish, "iot:Publish", "@topic/$aws/things/t/shadow/update") == .allowed)
        #expect(try decide(publish, "iot:UpdateThingShadow", "@thing/t") == .implicitDeny)
    }

    @Test("2.13 Basic Ingest is a publish to the rule's topic")
    func basicIngest() throws {
        let text = statement("Allow", "iot:Publish", on: ["@topic/$aws/rules/store/*"])
        #expect(try decide(text, "iot:Publish", "@topic/$aws/rules/store/a/b") == .allowed)
        #expect(try decide(text, "iot:Publish", "@topic/a/b") == .implicitDeny)
        #expect(try decide(text, "iot:Publish", "@topic/$aws/rules/other/a/b") == .implicitDeny)
    }

    @Test("2.2, 2.14 connection management and direct messages are judged on the client's ARN")
    func clients() throws {
        for action in ["DeleteConnection", "GetConnection", "ListSubscriptions", "SendDirectMessage"] {
            let text = statement("Allow", "iot:\(action)", on: ["@client/a*"])
            let http = PolicyContext(transport: .http)
            #expect(try decide(text, "iot:\(action)", "@client/ab", http) == .allowed)
            #expect(try decide(text, "iot:\(action)", "@client/b", http) == .implicitDeny)
            #expect(try decide(text, "iot:\(action)", "@topic/a", http) == .implicitDeny)
        }
        let receive = statement("Allow", "iot:Receive", on: ["@topic/alerts/*"])
        #expect(try decide(receive, "iot:Receive", "@topic/alerts/1") == .allowed)
    }

    @Test("4.11 an attribute may hold / and #; in a pattern they stand for themselves")
    func attributeWithFilterCharacters() throws {
        let text = statement(
            "Allow", "iot:Subscribe", on: ["@topicfilter/site/${iot:Connection.Thing.Attributes[site]}"])
        let context = PolicyContext(
            clientID: "t", thing: ThingContext(name: "t", attributes: ["site": "a/#"], isAttached: true))
        #expect(try decide(text, "iot:Subscribe", "@topicfilter/site/a/#", context) == .allowed)
        #expect(try decide(text, "iot:Subscribe", "@topicfilter/site/a/b", context) == .implicitDeny)
        #expect(try decide(text, "iot:Subscribe", "@topicfilter/site/a/", context) == .implicitDeny)
    }
}
