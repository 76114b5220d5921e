import IoTPolicy
import Testing

@Suite("Pattern index")
struct PatternIndexTests {
    private static let variables = [
        "${iot:ClientId}", "${iot:Connection.Thing.ThingName}", "${iot:Nothing}",
        "${iot:Connection.Thing.Attributes[site]}", "${iot:LastWillTopic}",
    ]

    private func pattern(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<(1 + Int(random.next() % 6)) {
            text +=
                random.chance(25)
                ? random.pick(Self.variables) : random.pick(["a", "b", "ab", "/", "é", "*", "?", "a/", "ba"])
        }
        return text
    }

    private func name(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<(random.next() % 7) { text += random.pick(["a", "b", "ab", "/", "é", "a/", "ba"]) }
        return text
    }

    @Test(
        "a crowd of patterns decides as each of them alone", arguments: 0..<20)
    func crowd(block: Int) throws {
        var random = SeededGenerator(seed: UInt64(5_000 + block))
        var seen: [PolicyDecision: Int] = [:]
        for _ in 0..<20 {
            var statements: [PolicyStatement] = []
            for _ in 0..<(1 + Int(random.next() % 60)) {
                let resources = [arnPrefix + "topic/" + pattern(&random) + random.pick(["", "/b", "/a"])]
                statements.append(
                    random.chance(80)
                        ? .allow(["iot:Publish"], on: resources) : .deny(["iot:Publish"], on: resources)
                )
            }
            let policies = try statements.map {
                NamedPolicy(name: "p", document: try PolicyDocument(statements: [$0]))
            }
            let set = PolicySet(policies)
            for (clientID, site) in [("a", "b"), ("ab", "a/b"), ("", nil), ("a/", "é")] {
                let context = PolicyContext(
                    clientID: clientID,
                    thing: ThingContext(
                        name: clientID, attributes: site.map { ["site": $0] } ?? [:], isAttached: true),
                    lastWillTopic: "a")
                let connection = set.specialized(for: context, scope: scope)
                for _ in 0..<20 {
                    let topic = name(&random)
                    let expected = set.evaluate(connection.request(.publish, topic), in: context)
                    seen[expected, default: 0] += 1
                    #expect(
                        connection.decide(.publish, topic) == expected,
                        "\(topic) for \(context): \(policies.map(\.document.canonicalJSON))")
                }
            }
        }
        for decision in PolicyDecision.allCases { #expect(seen[decision, default: 0] > 10) }
    }

    @Test("connections that share a set keep their identities apart")
    func sharing() throws {
        let text = statement(
            "Allow", "iot:Publish",
            on: ["@topic/${iot:ClientId}/*", "@topic/*/${iot:ClientId}", "@topic/*/${iot:ClientId}/*"])
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        let ids = (0..<50).map { "device-\($0)" }
        let connections = ids.map { set.specialized(for: PolicyContext(clientID: $0), scope: scope) }
        for (owner, connection) in zip(ids, connections) {
            for id in ids {
                for topic in ["\(id)/x", "x/\(id)", "x/\(id)/y"] {
                    #expect(connection.decide(.publish, topic).isAllowed == (id == owner))
                }
            }
        }
    }

    @Test("a set serves any number of scopes and principals")
    func scopes() throws {
        let text = statement("Allow", "iot:Publish", on: ["@topic/a"])
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        for number in 0..<40 {
            let other = ARNScope(region: "us-east-1", accountID: "\(100_000_000_000 + number)")
            let context = PolicyContext(clientID: "c")
            #expect(set.specialized(for: context, scope: other).decide(.publish, "a") == .implicitDeny)
            #expect(set.specialized(for: context, scope: scope).decide(.publish, "a") == .allowed)
            let identity = PolicyContext(principal: .unauthenticatedIdentity, clientID: "c")
            #expect(set.specialized(for: identity, scope: scope).decide(.publish, "a") == .implicitDeny)
        }
    }

    @Test("a variable that may stand for part of the resource type is still judged")
    func straddling() throws {
        let text = statement("Allow", "iot:Publish", on: ["@*${iot:ClientId}", "@t${iot:Nothing}"])
        for (clientID, topic, expected) in [
            ("topic/a", "a", PolicyDecision.allowed), ("/a", "a", .allowed), ("a", "b", .implicitDeny),
            ("topic/a", "b", .implicitDeny),
        ] {
            let context = PolicyContext(clientID: clientID)
            #expect(try decide(text, "iot:Publish", "@topic/\(topic)", context) == expected)
        }
    }
}
