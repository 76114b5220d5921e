import IoTPolicy
import Testing

@Suite("Comparing what documents grant")
struct PolicyComparisonTests {
    private enum Answer { case none, example, unknown }

    private func compare(_ old: String, _ new: String, oldVersion: String = "2012-10-17") throws -> Answer {
        let old = try document(old, version: oldVersion)
        let new = try document(new)
        switch PolicyComparison.newlyGranted(from: old, to: new) {
        case .none: return .none
        case .unknown: return .unknown
        case .example(let request, let context):
            #expect(decide([new], request.action, request.resource, context) == .allowed)
            #expect(decide([old], request.action, request.resource, context) != .allowed)
            return .example
        }
    }

    private func publish(_ patterns: String...) -> String {
        statement("Allow", "iot:Publish", on: patterns.map { "@topic/\($0)" })
    }

    @Test("narrower or equal grants are nothing new")
    func nothingNew() throws {
        #expect(try compare(publish("a/*"), publish("a/*")) == .none)
        #expect(try compare(publish("a/*"), publish("a/b", "a/c/*")) == .none)
        #expect(try compare(publish("a/*"), "") == .none)
        #expect(try compare(statement("Allow", "*", on: ["*"]), publish("${iot:ClientId}/*")) == .none)
        #expect(
            try compare(
                statement("Allow", "iot:*", on: ["*"]),
                statement("Allow", "iot:Publish", "iot:receive", on: ["*"])) == .none)
        #expect(try compare(publish("${iot:ClientId}/*"), publish("${IOT:clientid}/a")) == .none)
        #expect(try compare(publish("a*", "b*"), publish("a", "b")) == .none)
        #expect(try compare(publish("a*b", "a*c"), publish("a?b")) == .none)
        #expect(
            try compare(statement("Allow", "iot:Publish", on: ["arn:aws:iot:*:*:topic/a"]), publish("a"))
                == .none)
    }

    @Test(
        "an example is one a client could send",
        arguments: [
            ("", "Allow|iot:Connect|*", "iot:Connect", "client/device-1"),
            ("", "Allow|*|*", "iot:Connect", "client/device-1"),
            ("Allow|iot:Connect|@client/*", "Allow|iot:*|*", "iot:Publish", "topic/example"),
            ("Allow|iot:Publish|@topic/a/*", "Allow|iot:Publish|@topic/*", "iot:Publish", "topic/example"),
            ("", "Allow|iot:Connect|@client/${iot:ClientId}", "iot:Connect", "client/device-1"),
            ("", "Allow|iot:Subscribe|@topicfilter/a/*", "iot:Subscribe", "topicfilter/a/example"),
            ("Allow|iot:*|@topic/*", "Allow|iot:*|@*", "iot:Connect", "client/device-1"),
        ])
    func natural(old: String, new: String, action: String, resource: String) throws {
        func parse(_ text: String) throws -> PolicyDocument {
            let parts = text.split(separator: "|").map(String.init)
            return try document(parts.isEmpty ? "" : statement(parts[0], parts[1], on: [parts[2]]))
        }
        let difference = PolicyComparison.newlyGranted(from: try parse(old), to: try parse(new))
        guard case .example(let request, _) = difference else {
            Issue.record("no example: \(difference)")
            return
        }
        #expect(request == PolicyRequest(action: action, resource: expand("@\(resource)")))
    }

    @Test("wider grants come with an example")
    func wider() throws {
        #expect(try compare(publish("a/b"), publish("a/*")) == .example)
        #expect(try compare("", publish("a")) == .example)
        #expect(
            try compare(
                publish("a"), publish("a") + "," + statement("Allow", "iot:Subscribe", on: ["@topicfilter/a"])
            ) == .example)
        #expect(try compare(publish("${iot:ClientId}/*"), publish("*")) == .example)
        #expect(
            try compare(publish("${iot:Connection.Thing.ThingName}"), publish("${iot:ClientId}")) == .example)
        #expect(try compare(publish("a?"), publish("a*")) == .example)
        #expect(try compare(publish("a*b"), publish("a*")) == .example)
        #expect(
            try compare(
                statement("Allow", "iot:Connect", on: ["@client/${iot:Connection.Thing.ThingName}"]),
                statement("Allow", "iot:Connect", on: ["@client/${iot:ClientId}"])) == .example)
        #expect(
            try compare(publish("${iot:ClientId}"), publish("${iot:ClientId}"), oldVersion: "2008-10-17")
                == .example)
    }

    @Test("a Deny taken away or narrowed grants something; one added or widened nothing")
    func denies() throws {
        let all = statement("Allow", "iot:Publish", on: ["*"])
        let deny = statement("Deny", "iot:Publish", on: ["@topic/secret/*"])
        #expect(try compare(all + "," + deny, all) == .example)
        #expect(try compare(all, all + "," + deny) == .none)
        #expect(
            try compare(
                all + "," + deny, all + "," + statement("Deny", "iot:Publish", on: ["@topic/secret/a"]))
                == .example)
        #expect(
            try compare(all + "," + deny, all + "," + statement("Deny", "iot:*", on: ["@topic/secret*"]))
                == .none)
        #expect(try compare(all + "," + deny, publish("open/*")) == .none)
        #expect(
            try compare(
                publish("open/*"),
                all + "," + statement("Deny", "iot:Publish", on: ["@topic/open*"], element: "NotResource"))
                != .none)
    }

    @Test("conditions: stricter is nothing new, looser is")
    func conditions() throws {
        func when(_ condition: String) -> String {
            statement("Allow", "iot:Connect", on: ["@client/a"], when: condition)
        }
        let plain = statement("Allow", "iot:Connect", on: ["@client/a"])
        let one = when("{\"StringEquals\": {\"iot:DomainName\": \"x\"}}")
        let two = when("{\"StringEquals\": {\"iot:DomainName\": [\"x\", \"y\"]}}")
        #expect(try compare(plain, one) == .none)
        #expect(try compare(two, one) == .none)
        #expect(try compare(one, two) == .example)
        #expect(try compare(one, plain) == .example)
        #expect(
            try compare(
                when("{\"StringNotEquals\": {\"iot:DomainName\": \"x\"}}"),
                when("{\"StringNotEquals\": {\"iot:DomainName\": [\"x\", \"y\"]}}")) == .none)
        #expect(try compare(when("{\"StringEqualsIfExists\": {\"iot:DomainName\": \"x\"}}"), one) == .none)
        #expect(try compare(one, when("{\"StringEqualsIfExists\": {\"iot:DomainName\": \"x\"}}")) == .example)
        #expect(
            try compare(
                when("{\"IpAddress\": {\"aws:SourceIp\": \"192.0.2.0/24\"}}"),
                when("{\"IpAddress\": {\"aws:SourceIp\": \"10.0.0.0/8\"}}")) == .example)
    }

    @Test("NotResource and NotAction")
    func negated() throws {
        func except(_ patterns: String...) -> String {
            statement("Allow", "iot:Receive", on: patterns.map { "@topic/\($0)" }, element: "NotResource")
        }
        #expect(try compare(except("a/*"), except("a/*", "b")) == .none)
        #expect(try compare(except("a/*", "b"), except("a/*")) == .example)
        #expect(try compare(except("a/*"), statement("Allow", "iot:Receive", on: ["@topic/b"])) == .none)
        #expect(try compare(except("a/*"), statement("Allow", "iot:Receive", on: ["@topic/a/b"])) == .example)
        #expect(try compare(statement("Allow", "iot:Receive", on: ["*"]), except("a")) == .none)
        // An exception that is no ARN still excepts the absence of a resource.
        let odd = statement("Allow", "iot:Receive", on: ["?"], element: "NotResource")
        #expect(try compare(odd, statement("Allow", "iot:Receive", on: ["*"])) != .none)
    }

    @Test(
        "nothing new is never said wrongly: generated pairs, judged on generated requests", arguments: 0..<4)
    func sound(block: Int) throws {
        var counts: [Answer: Int] = [:]
        for index in 0..<100 {
            let seed = UInt64(20_000 + block * 100 + index)
            var generator = PolicyGenerator(seed: seed)
            let old = try PolicyDocument(json: generator.documentText())
            // Half of the pairs are close relatives, so that "nothing new" is often true.
            let keep = index % 2 == 0
            let kept = old.statements.filter { _ in generator.random.chance(70) }
            let new =
                keep
                ? try PolicyDocument(statements: kept, version: old.version)
                : try PolicyDocument(json: generator.documentText())
            let difference = PolicyComparison.newlyGranted(from: old, to: new)
            switch difference {
            case .unknown: counts[.unknown, default: 0] += 1
            case .example(let request, let context):
                counts[.example, default: 0] += 1
                #expect(
                    SlowEvaluator(documents: [new]).evaluate(request, context) == .allowed, "seed \(seed)")
            case .none:
                counts[.none, default: 0] += 1
                for _ in 0..<40 {
                    let context = generator.context()
                    let (action, name) = generator.request()
                    let request = PolicyRequest(
                        action: action.policyAction, resource: scope.arn(action, name))
                    guard SlowEvaluator(documents: [new]).evaluate(request, context) == .allowed else {
                        continue
                    }
                    #expect(
                        SlowEvaluator(documents: [old]).evaluate(request, context) == .allowed,
                        "seed \(seed): \(request) \(context)")
                }
            }
        }
        #expect(counts[.none, default: 0] > 10 && counts[.example, default: 0] > 10)
    }
}
