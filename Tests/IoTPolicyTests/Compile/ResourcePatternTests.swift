import IoTPolicy
import Testing

@Suite("Rule book, sections 2 and 3: actions and resources")
struct ResourcePatternTests {
    private func publish(_ pattern: String, _ topic: String) throws -> PolicyDecision? {
        try decide(statement("Allow", "iot:Publish", on: [pattern]), "iot:Publish", topic)
    }

    @Test("2.1 each action is judged on its own resource type")
    func types() {
        #expect(scope.arn(client: "c") == "arn:aws:iot:us-east-1:123456789012:client/c")
        #expect(scope.arn(topic: "a/b") == "arn:aws:iot:us-east-1:123456789012:topic/a/b")
        #expect(scope.arn(topicFilter: "a/#") == "arn:aws:iot:us-east-1:123456789012:topicfilter/a/#")
        #expect(scope.arn(thing: "t") == "arn:aws:iot:us-east-1:123456789012:thing/t")
        #expect(
            MQTTAction.allCases.map(\.resourceType) == ["client", "topic", "topic", "topicfilter", "topic"])
    }

    @Test("2.3, 2.5 actions of any prefix are compared as text")
    func otherPrefixes() throws {
        let text = statement(
            "Allow", "iotjobsdata:UpdateJobExecution", "greengrass:Discover", on: ["@thing/lamp"])
        #expect(try decide(text, "iotjobsdata:UpdateJobExecution", "@thing/lamp") == .allowed)
        #expect(try decide(text, "iot:UpdateJobExecution", "@thing/lamp") == .implicitDeny)
        #expect(try decide(text, "greengrass:Discover", "@thing/lamp") == .allowed)
    }

    @Test("2.7 iot:Publish does not include iot:RetainPublish")
    func retain() throws {
        #expect(
            try decide(statement("Allow", "iot:Publish", on: ["*"]), "iot:RetainPublish", "@topic/a")
                == .implicitDeny)
    }

    @Test("2.11, 2.12 shadow and job actions count over HTTP on thing ARNs, named shadows apart")
    func shadows() throws {
        let http = PolicyContext(transport: .http)
        let text = statement("Allow", "iot:GetThingShadow", on: ["@thing/lamp"])
        #expect(try decide(text, "iot:GetThingShadow", "@thing/lamp", http) == .allowed)
        #expect(try decide(text, "iot:GetThingShadow", "@thing/lamp/night", http) == .implicitDeny)
        #expect(try decide(text, "iot:Publish", "@topic/$aws/things/lamp/shadow/get") == .implicitDeny)
    }

    @Test("2.15 a shared subscription is judged on its whole text")
    func shared() throws {
        let text = statement("Allow", "iot:Subscribe", on: ["@topicfilter/a"])
        #expect(try decide(text, "iot:Subscribe", "@topicfilter/$share/g/a") == .implicitDeny)
        let both = statement("Allow", "iot:Subscribe", on: ["@topicfilter/$share/*/a"])
        #expect(try decide(both, "iot:Subscribe", "@topicfilter/$share/g/a") == .allowed)
    }

    @Test(
        "3.1 action patterns compare without case; * is any run, ? one character, a lone * everything",
        arguments: [
            ("iot:Publish", true), ("IOT:pUBLISH", true), ("iot:*", true), ("*", true), ("iot:Pub*", true),
            ("iot:*sh", true), ("iot:P*b*h", true), ("iot:Publis?", true), ("iot:Publish?", false),
            ("iot:Pub", false),
            ("iotjobsdata:*", false), ("iot:", false), ("", false), ("Publish", false), ("io:*", false),
        ])
    func actions(pattern: String, matches: Bool) throws {
        let text = statement("Allow", pattern, on: ["*"])
        #expect(try decide(text, "iot:Publish", "@topic/a") == (matches ? .allowed : .implicitDeny))
    }

    @Test("3.1 iot:* does not reach iotjobsdata:")
    func prefixes() throws {
        let text = statement("Allow", "iot:*", on: ["*"])
        #expect(try decide(text, "iotjobsdata:UpdateJobExecution", "@thing/a") == .implicitDeny)
    }

    @Test(
        "3.2 * is any run, slashes and nothing included; ? is one character; both ends are anchored",
        arguments: [
            ("a/*", "a/", true), ("a/*", "a/b/c", true), ("a/*", "a", false), ("a*", "a", true),
            ("*/c", "a/b/c", true),
            ("a/*/c", "a/b/b/c", true), ("a/*/c", "a//c", true), ("a/*/c", "a/c", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false), ("a?c", "abbc", false), ("?????", "abcde", true), ("?????", "abcd", false),
            ("?", "é", true), ("?", "😀", true), ("a?b", "aéb", true), ("*?", "", false), ("*?", "é", true),
            ("?*?", "ab", true),
            ("?*?", "é", false), ("a", "ab", false), ("b", "ab", false), ("*", "", true), ("", "", true),
            ("", "a", false),
            ("**", "a", true), ("a**b", "ab", true), ("*a?b*", "xxaxbyy", true), ("*aab*", "aaab", true),
            ("*a?é*b", "zaxéb", true),
            ("ab*ba", "aba", false), ("ab*ba", "abba", true), ("*ab*ab", "ab", false),
            ("*ab*ab", "abab", true),
        ])
    func wildcards(pattern: String, topic: String, matches: Bool) throws {
        #expect(try publish("@topic/\(pattern)", "@topic/\(topic)") == (matches ? .allowed : .implicitDeny))
    }

    @Test("3.3, 3.4 + and # are ordinary characters, in policy and filter alike")
    func mqttWildcards() throws {
        func subscribe(_ pattern: String, _ filter: String) throws -> PolicyDecision? {
            try decide(
                statement("Allow", "iot:Subscribe", on: ["@topicfilter/\(pattern)"]), "iot:Subscribe",
                "@topicfilter/\(filter)")
        }
        #expect(try subscribe("a/+/c", "a/b/c") == .implicitDeny)
        #expect(try subscribe("a/+/c", "a/+/c") == .allowed)
        #expect(try subscribe("a/#", "a/b") == .implicitDeny)
        #expect(try subscribe("a/#", "a/#") == .allowed)
        #expect(try subscribe("a/*", "a/#") == .allowed)
        #expect(try subscribe("a/*", "a/+/x") == .allowed)
        let deny =
            statement("Allow", "iot:Subscribe", on: ["*"]) + ","
            + statement("Deny", "iot:Subscribe", on: ["@topicfilter/a/b/*"])
        #expect(try decide(deny, "iot:Subscribe", "@topicfilter/a/#") == .allowed)
        #expect(try decide(deny, "iot:Subscribe", "@topicfilter/a/b/#") == .explicitDeny)
    }

    @Test("3.5 topic/ and topicfilter/ do not cover each other")
    func topicAndFilter() throws {
        #expect(
            try decide(
                statement("Allow", "iot:Subscribe", on: ["@topic/*"]), "iot:Subscribe", "@topicfilter/a")
                == .implicitDeny)
        #expect(try publish("@topicfilter/*", "@topic/a") == .implicitDeny)
        #expect(
            try decide(
                statement("Allow", "iot:Subscribe", on: ["@topic*"]), "iot:Subscribe", "@topicfilter/a")
                == .allowed)
    }

    @Test("3.6 names mind case and code points")
    func caseSensitive() throws {
        #expect(try publish("@topic/A", "@topic/a") == .implicitDeny)
        #expect(try publish("@topic/caf\u{E9}", "@topic/cafe\u{301}") == .implicitDeny)
        #expect(try publish("ARN:aws:iot:us-east-1:123456789012:topic/a", "@topic/a") == .implicitDeny)
    }

    @Test(
        "3.7 partition, Region and account are compared; wildcards may stand there, not in the service",
        arguments: [
            ("arn:aws-cn:iot:us-east-1:123456789012:topic/a", false),
            ("arn:aws:iot:us-east-2:123456789012:topic/a", false),
            ("arn:aws:iot:us-east-1:123456789013:topic/a", false),
            ("arn:aws:iot:*:123456789012:topic/a", true),
            ("arn:aws:iot:us-*:*:topic/a", true), ("arn:aws:iot:us-east-?:12345678901?:topic/a", true),
            ("arn:aws:*:us-east-1:123456789012:topic/a", false),
            ("arn:aws:io?:us-east-1:123456789012:topic/a", false),
            ("arn:aws:iot:::topic/a", false), ("arn:aws:sns:us-east-1:123456789012:topic/a", false),
            ("arn:aws*:iot:us-east-1:123456789012:topic/a", true),
        ])
    func fields(pattern: String, matches: Bool) throws {
        #expect(try publish(pattern, "@topic/a") == (matches ? .allowed : .implicitDeny))
    }

    @Test("3.8 pattern and ARN are split at the first five colons only")
    func colons() throws {
        #expect(try publish("@topic/a:b:*", "@topic/a:b:c:d") == .allowed)
        #expect(try publish("@topic/a:*", "@topic/a:b") == .allowed)
        // A topic cannot pose as the account and resource of a pattern.
        #expect(try publish("arn:aws:iot:us-east-1:*:topic/a", "@topic/x:topic/a") == .implicitDeny)
        #expect(
            try publish("arn:aws:iot:*:123456789012:topic/a", "@topic/x:123456789012:topic/a")
                == .implicitDeny)
    }

    @Test(
        "3.8 a star that ends a field may run over colons in a short pattern",
        arguments: [
            ("arn:aws:iot:us-east-1:*", true), ("arn:aws:iot:*", true), ("arn:*", true),
            ("arn:aws:iot:eu-*", false),
            ("arn:aws:*", false), ("arn:aws:iot:us-east-1:123456789012", false), ("topic/a", false),
            ("a*", false),
        ])
    func shortPatterns(pattern: String, matches: Bool) throws {
        #expect(try publish(pattern, "@topic/a") == (matches ? .allowed : .implicitDeny))
    }

    @Test("3.9 * covers everything, also the absence of a resource; nothing else covers that")
    func everything() throws {
        let all = statement("Allow", "iot:ListRetainedMessages", on: ["*"])
        #expect(try decide(all, "iot:ListRetainedMessages", "*") == .allowed)
        let arn = statement("Allow", "iot:ListRetainedMessages", on: ["arn:aws:iot:*:*:*", "@topic/*"])
        #expect(try decide(arn, "iot:ListRetainedMessages", "*") == .implicitDeny)
        #expect(try publish("*", "@topic/a:b/c") == .allowed)
    }

    @Test("3.10 NotResource and NotAction apply to everything else, for Allow and Deny")
    func negated() throws {
        let allow = statement("Allow", "iot:Receive", on: ["@topic/a/*", "@topic/b"], element: "NotResource")
        #expect(try decide(allow, "iot:Receive", "@topic/a/x") == .implicitDeny)
        #expect(try decide(allow, "iot:Receive", "@topic/b") == .implicitDeny)
        #expect(try decide(allow, "iot:Receive", "@topic/c") == .allowed)
        let deny =
            statement("Allow", "*", on: ["*"]) + ","
            + statement("Deny", "iot:Receive", on: ["@topic/a"], element: "NotResource")
        #expect(try decide(deny, "iot:Receive", "@topic/a") == .allowed)
        #expect(try decide(deny, "iot:Receive", "@topic/b") == .explicitDeny)
        let notAction =
            "{\"Effect\": \"Allow\", \"NotAction\": [\"iot:Connect\", \"iot:Pub*\"], \"Resource\": \"*\"}"
        #expect(try decide(notAction, "iot:Receive", "@topic/a") == .allowed)
        #expect(try decide(notAction, "iot:publish", "@topic/a") == .implicitDeny)
        #expect(try decide(notAction, "iot:Connect", "@client/c") == .implicitDeny)
    }

    @Test("3.11 a $ without brace is plain")
    func dollar() throws {
        #expect(try publish("@topic/$aws/things/*", "@topic/$aws/things/x") == .allowed)
        #expect(try publish("@topic/a$", "@topic/a$") == .allowed)
        #expect(try publish("@topic/$(*)", "@topic/$(x)") == .allowed)
    }

    @Test("3.12 ${*}, ${?} and ${$} are those characters")
    func escapes() throws {
        #expect(try publish("@topic/a${*}b", "@topic/a*b") == .allowed)
        #expect(try publish("@topic/a${*}b", "@topic/axb") == .implicitDeny)
        #expect(try publish("@topic/a${?}", "@topic/a?") == .allowed)
        #expect(try publish("@topic/a${?}", "@topic/ab") == .implicitDeny)
        #expect(try publish("@topic/${$}{iot:ClientId}", "@topic/${iot:ClientId}") == .allowed)
        #expect(try publish("@topic/${$}{iot:ClientId}", "@topic/c") == .implicitDeny)
    }
}
