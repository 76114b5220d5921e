import IoTPolicy
import Testing

@Suite("Rule book, section 5: conditions")
struct ConditionTests {
    private func context(_ values: [String: [String]] = [:]) -> PolicyContext {
        PolicyContext(clientID: "c", domainName: "d.example", time: 1_767_225_600, extra: values)
    }

    @Test("5.1 operators and keys have to hold together, one of a key's values is enough")
    func logic() throws {
        let context = context(["x:a": ["1"], "x:b": ["2"]])
        #expect(try holds("{\"StringEquals\": {\"x:a\": [\"0\", \"1\"], \"x:b\": \"2\"}}", context))
        #expect(try !holds("{\"StringEquals\": {\"x:a\": \"1\", \"x:b\": \"0\"}}", context))
        #expect(
            try !holds("{\"StringEquals\": {\"x:a\": \"1\"}, \"StringLike\": {\"x:b\": \"0*\"}}", context))
        #expect(try !holds("{\"StringNotEquals\": {\"x:a\": [\"0\", \"1\"]}}", context))
        #expect(try holds("{\"StringNotEquals\": {\"x:a\": [\"0\", \"2\"]}}", context))
        #expect(try holds("{}", context))
        #expect(try holds("{\"StringEquals\": {}}", context))
        #expect(try holds("{\"StringEquals\": {\"X:A\": \"1\"}}", context))
    }

    @Test(
        "5.2 an absent key",
        arguments: [
            ("StringEquals", "v", false), ("StringNotEquals", "v", true), ("StringLike", "*", false),
            ("StringNotLike", "*", true),
            ("StringEqualsIgnoreCase", "v", false), ("StringNotEqualsIgnoreCase", "v", true),
            ("ArnEquals", "*", false),
            ("ArnNotLike", "*", true), ("NumericEquals", "1", false), ("NumericNotEquals", "1", true),
            ("NumericLessThan", "1", false),
            ("DateGreaterThan", "2020-01-01", false), ("DateNotEquals", "2020-01-01", true),
            ("Bool", "false", false),
            ("IpAddress", "0.0.0.0/0", false), ("NotIpAddress", "0.0.0.0/0", true),
            ("BinaryEquals", "QQ==", false),
            ("Null", "true", true), ("Null", "false", false), ("ForAllValues:StringEquals", "v", true),
            ("ForAllValues:StringNotEquals", "v", true), ("ForAnyValue:StringEquals", "v", false),
            ("ForAnyValue:StringNotEquals", "v", false),
        ])
    func absent(name: String, value: String, expected: Bool) throws {
        #expect(try holds("{\"\(name)\": {\"x:absent\": \"\(value)\"}}") == expected)
        if name != "Null" {
            #expect(try holds("{\"\(name)IfExists\": {\"x:absent\": \"\(value)\"}}"))
        }
    }

    @Test("5.2 IfExists judges a key that is there")
    func ifExists() throws {
        #expect(try !holds("{\"StringEqualsIfExists\": {\"iot:DomainName\": \"x\"}}", context()))
        #expect(try holds("{\"StringEqualsIfExists\": {\"iot:DomainName\": \"d.example\"}}", context()))
        let deny =
            statement("Allow", "*", on: ["*"]) + ","
            + statement("Deny", "*", on: ["*"], when: "{\"StringNotEqualsIfExists\": {\"x:y\": \"v\"}}")
        #expect(try decide(deny, "iot:Publish", "@topic/a") == .explicitDeny)
    }

    @Test(
        "5.2 strings: case, and wildcards in Like only",
        arguments: [
            ("StringEquals", "Ab*", "Ab*", true), ("StringEquals", "Ab*", "Abc", false),
            ("StringEquals", "ab", "Ab", false),
            ("StringEqualsIgnoreCase", "aB", "Ab", true), ("StringEqualsIgnoreCase", "É", "é", true),
            ("StringEqualsIgnoreCase", "a*", "ab", false),
            ("StringLike", "A?*", "Abc", true), ("StringLike", "a*", "Abc", false),
            ("StringLike", "A", "Abc", false),
            ("StringNotLike", "A*", "Abc", false), ("StringNotEqualsIgnoreCase", "AB", "ab", false),
            ("StringLike", "a${*}", "a*", true),
            ("StringLike", "a${*}", "ab", false), ("StringEquals", "a${*}", "a*", true),
            ("StringEquals", "caf\u{E9}", "cafe\u{301}", false),
        ])
    func strings(name: String, wanted: String, value: String, expected: Bool) throws {
        #expect(try holds("{\"\(name)\": {\"x:y\": \"\(wanted)\"}}", context(["x:y": [value]])) == expected)
    }

    @Test(
        "5.2 ARNs: six fields one by one, with wildcards; Equals is Like",
        arguments: [
            ("@topic/a", "@topic/a", true), ("@topic/*", "@topic/a/b", true),
            ("arn:*:iot:*:*:topic/?", "@topic/a", true),
            ("arn:aws:iot:*:topic/a", "@topic/a", false),
            ("arn:aws:iot:*:123456789012:topic/a", "@topic/x:123456789012:topic/a", false),
            ("@topic/A", "@topic/a", false), ("*", "@topic/a", true), ("@topic/a", "topic/a", false),
            ("@topic/a:b", "@topic/a:b", true),
        ])
    func arns(wanted: String, value: String, expected: Bool) throws {
        var context = context()
        context.lastWillTopic = expand(value)
        for name in ["ArnEquals", "ArnLike"] {
            #expect(
                try holds("{\"\(name)\": {\"iot:LastWillTopic\": \"\(expand(wanted))\"}}", context)
                    == expected)
        }
        for name in ["ArnNotEquals", "ArnNotLike"] {
            #expect(
                try holds("{\"\(name)\": {\"iot:LastWillTopic\": \"\(expand(wanted))\"}}", context)
                    != expected)
        }
    }

    @Test(
        "5.2 numbers compare exactly, whatever their length",
        arguments: [
            ("NumericEquals", "10", "10.0", true), ("NumericEquals", "1e3", "1000", true),
            ("NumericEquals", "-0", "0", true),
            ("NumericEquals", "10525622389124227206", "10525622389124227207", false),
            ("NumericNotEquals", "1", "2", true),
            ("NumericLessThan", "10", "9.99", true), ("NumericLessThan", "10", "10", false),
            ("NumericLessThanEquals", "10", "10", true),
            ("NumericGreaterThan", "-10", "-9", true), ("NumericGreaterThan", "-10", "-11", false),
            ("NumericGreaterThanEquals", "0.001", "0.0010", true),
            ("NumericEquals", "1", "x", false), ("NumericNotEquals", "1", "x", true),
            ("NumericLessThan", "100", "2e1", true),
            ("NumericGreaterThan", "0", "-1", false), ("NumericLessThan", "0", "-1", true),
            ("NumericLessThan", "123", "122.999", true),
        ])
    func numbers(name: String, wanted: String, value: String, expected: Bool) throws {
        #expect(try holds("{\"\(name)\": {\"x:y\": \"\(wanted)\"}}", context(["x:y": [value]])) == expected)
    }

    @Test(
        "5.2 dates: ISO 8601 in the W3C profile, or seconds since 1970",
        arguments: [
            ("DateEquals", "2026-01-01T00:00:00Z", true), ("DateEquals", "2026-01-01", true),
            ("DateEquals", "2026", true),
            ("DateEquals", "2026-01", true), ("DateEquals", "1767225600", true),
            ("DateEquals", "2026-01-01T01:00:00+01:00", true),
            ("DateEquals", "2025-12-31T23:30-00:30", true), ("DateEquals", "2026-01-01T00:00:00.000Z", true),
            ("DateEquals", "2026-01-01T00:00:00.5Z", false), ("DateNotEquals", "2026-01-02", true),
            ("DateLessThan", "2026-01-01T00:00:01Z", true),
            ("DateLessThan", "2026-01-01", false), ("DateLessThanEquals", "2026-01-01", true),
            ("DateGreaterThan", "2025-12-31T23:59:59.999Z", true),
            ("DateGreaterThanEquals", "2026-01-01", true), ("DateGreaterThan", "2024-02-29", true),
        ])
    func dates(name: String, wanted: String, expected: Bool) throws {
        for key in ["aws:CurrentTime", "aws:EpochTime"] {
            #expect(try holds("{\"\(name)\": {\"\(key)\": \"\(wanted)\"}}", context()) == expected)
        }
    }

    @Test(
        "dates that do not exist are no dates",
        arguments: [
            "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-01T24:00Z", "2026-1-1", "26-01-01",
            "2026-01-01T", "2026-01-01T10:00:00.Z", "2100-02-29", "x",
        ])
    func noDates(text: String) {
        #expect(
            refusal(
                "{\"Statement\": \(statement(on: ["*"], when: "{\"DateEquals\": {\"aws:CurrentTime\": \"\(text)\"}}"))}"
            )?.code == .unreadableValue)
    }

    @Test(
        "the current time is shown as ISO 8601",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
        ])
    func currentTime(seconds: Int64, text: String) throws {
        #expect(
            try holds(
                "{\"StringEquals\": {\"aws:CurrentTime\": \"\(text)\"}}",
                PolicyContext(clientID: "c", time: seconds)))
    }

    @Test("5.2 truth values")
    func bool() throws {
        #expect(try holds("{\"Bool\": {\"x:y\": true}}", context(["x:y": ["true"]])))
        #expect(try holds("{\"Bool\": {\"x:y\": \"True\"}}", context(["x:y": ["true"]])))
        #expect(try !holds("{\"Bool\": {\"x:y\": \"true\"}}", context(["x:y": ["false"]])))
        #expect(try !holds("{\"Bool\": {\"x:y\": \"true\"}}", context(["x:y": ["1"]])))
    }

    @Test(
        "5.2 addresses and ranges, IPv4 and IPv6",
        arguments: [
            ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "203.0.113.9", true),
            ("192.0.2.77/25", "192.0.2.1", true),
            ("192.0.2.128/25", "192.0.2.127", false), ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("::1", "0:0:0:0:0:0:0:1", true), ("::/0", "192.0.2.1", false), ("0.0.0.0/0", "::1", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("::ffff:192.0.2.0/120", "192.0.2.9", true), ("fe80::/10", "fe80::1", true),
            ("fe80::/10", "fec0::1", false), ("10.0.0.0/8", "not an address", false),
        ])
    func addresses(range: String, address: String, expected: Bool) throws {
        var context = context()
        context.sourceIP = address
        #expect(try holds("{\"IpAddress\": {\"aws:SourceIp\": \"\(range)\"}}", context) == expected)
        #expect(try holds("{\"NotIpAddress\": {\"aws:SourceIp\": \"\(range)\"}}", context) != expected)
    }

    @Test(
        "text that is no address",
        arguments: [
            "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "::1::",
            "1:2:3:4:5:6:7:8:9", "g::", ":1", "::/129", "12345::", "1.2.3.4/08", "::ffff:1.2.3.4/64", "",
        ])
    func noAddresses(text: String) {
        #expect(
            refusal(
                "{\"Statement\": \(statement(on: ["*"], when: "{\"IpAddress\": {\"aws:SourceIp\": \"\(text)\"}}"))}"
            )?.code == .unreadableValue)
    }

    @Test("5.2 binary values in base64")
    func binary() throws {
        #expect(try holds("{\"BinaryEquals\": {\"x:y\": \"QmluYXJ5\"}}", context(["x:y": ["QmluYXJ5"]])))
        #expect(try !holds("{\"BinaryEquals\": {\"x:y\": \"QmluYXJ5\"}}", context(["x:y": ["QmluYXJ6"]])))
        #expect(try !holds("{\"BinaryEquals\": {\"x:y\": \"QQ==\"}}", context(["x:y": ["QQ"]])))
        for text in ["Q", "QQ=", "QR==", "Q===", "Q Q=", "QQ==QQ=="] {
            #expect(
                refusal(
                    "{\"Statement\": \(statement(on: ["*"], when: "{\"BinaryEquals\": {\"x:y\": \"\(text)\"}}"))}"
                )?.code == .unreadableValue)
        }
    }

    @Test(
        "5.3 set prefixes",
        arguments: [
            ("ForAllValues:StringEquals", "\"a\", \"b\"", ["a", "b"], true),
            ("ForAllValues:StringEquals", "\"a\"", ["a", "b"], false),
            ("ForAllValues:StringEquals", "", [], true), ("ForAllValues:StringEquals", "", ["a"], false),
            ("ForAnyValue:StringEquals", "\"b\", \"c\"", ["a", "b"], true),
            ("ForAnyValue:StringEquals", "\"c\"", ["a", "b"], false),
            ("ForAllValues:StringNotEquals", "\"c\"", ["a", "b"], true),
            ("ForAllValues:StringNotEquals", "\"b\"", ["a", "b"], false),
            ("ForAnyValue:StringNotEquals", "\"a\"", ["a", "b"], true),
            ("ForAnyValue:StringNotEquals", "\"a\", \"b\"", ["a", "b"], false),
            ("ForAllValues:StringLike", "\"key*\"", ["key1", "key2"], true),
            ("ForAnyValue:StringLike", "\"key*\"", ["x", "key2"], true),
        ])
    func sets(name: String, wanted: String, values: [String], expected: Bool) throws {
        let context = values.isEmpty ? context() : context(["x:y": values])
        #expect(try holds("{\"\(name)\": {\"x:y\": [\(wanted)]}}", context) == expected)
    }

    @Test("5.3 ForAllValues, negated, without values holds, or not by a switch")
    func negatedForAllValues() throws {
        var options = PolicyOptions.default
        options.negatedForAllValuesHoldsWithoutValues = false
        let condition = "{\"ForAllValues:StringNotEquals\": {\"x:y\": \"a\"}}"
        #expect(try holds(condition))
        #expect(try !holds(condition, options: options))
    }

    @Test("5.4 a plain operator on several values holds if one passes, or all by a switch")
    func plainOnSeveral() throws {
        let context = context(["x:y": ["a", "b"]])
        var all = PolicyOptions.default
        all.plainOperatorOnSeveralValues = .allPass
        #expect(try holds("{\"StringEquals\": {\"x:y\": \"a\"}}", context))
        #expect(try !holds("{\"StringEquals\": {\"x:y\": \"a\"}}", context, options: all))
        #expect(try holds("{\"StringEquals\": {\"x:y\": [\"a\", \"b\"]}}", context, options: all))
        #expect(
            try !holds(
                "{\"StringEquals\": {\"iot:ConnectAttributes\": \"LastWill\"}}", PolicyContext(clientID: "c"))
        )
    }

    @Test("5.5, 5.6, 5.7 connect keys exist for iot:Connect only")
    func connectKeys() throws {
        let context = PolicyContext(
            clientID: "c", connectAttributes: ["LastWill"], lastWillTopic: expand("@topic/w"))
        let attributes = "{\"ForAnyValue:StringEquals\": {\"iot:ConnectAttributes\": \"LastWill\"}}"
        let topic = "{\"ArnEquals\": {\"iot:LastWillTopic\": \"\(expand("@topic/w"))\"}}"
        for condition in [attributes, topic] {
            #expect(try holds(condition, context))
            #expect(try !holds(condition, context, action: "iot:Publish"))
        }
        #expect(
            try holds(
                "{\"ForAllValues:StringEquals\": {\"iot:ConnectAttributes\": []}}",
                PolicyContext(clientID: "c")))
        #expect(try !holds("{\"ForAllValues:StringEquals\": {\"iot:ConnectAttributes\": []}}", context))
        #expect(try holds("{\"Null\": {\"iot:ConnectAttributes\": \"true\"}}", PolicyContext(clientID: "c")))
    }

    @Test("5.6 a session is persistent by its expiry interval, or by Clean Start too by a switch")
    func persistentSession() {
        var options = PolicyOptions.default
        #expect(options.isPersistent(cleanStart: true, sessionExpiryInterval: 1))
        #expect(!options.isPersistent(cleanStart: false, sessionExpiryInterval: 0))
        options.persistentSession = .expiryAboveZeroOrNoCleanStart
        #expect(options.isPersistent(cleanStart: true, sessionExpiryInterval: 1))
        #expect(options.isPersistent(cleanStart: false, sessionExpiryInterval: 0))
        #expect(!options.isPersistent(cleanStart: true, sessionExpiryInterval: 0))
    }

    @Test("5.5 keys of direct messages and of GetConnection")
    func httpKeys() throws {
        var context = PolicyContext(
            transport: .http, messageTopic: "alerts/1", includeSocketInformation: true)
        let send = statement(
            "Allow", "iot:SendDirectMessage", on: ["@client/r"],
            when: "{\"StringLike\": {\"iot:Topic\": \"alerts/*\"}}")
        #expect(try decide(send, "iot:SendDirectMessage", "@client/r", context) == .allowed)
        let get = statement(
            "Allow", "iot:GetConnection", on: ["@client/r"],
            when: "{\"Bool\": {\"iot:IncludeSocketInformation\": \"false\"}}")
        #expect(try decide(get, "iot:GetConnection", "@client/r", context) == .implicitDeny)
        context.includeSocketInformation = false
        #expect(try decide(get, "iot:GetConnection", "@client/r", context) == .allowed)
    }

    @Test("5.8 through a VPC endpoint there is no source address, but the VPC keys")
    func vpc() throws {
        let context = PolicyContext(
            clientID: "c", sourceIP: "192.0.2.1", sourceVPC: "vpc-1", sourceVPCE: "vpce-1",
            vpcSourceIP: "10.0.0.1")
        #expect(try !holds("{\"IpAddress\": {\"aws:SourceIp\": \"192.0.2.1\"}}", context))
        #expect(
            try holds(
                "{\"StringEquals\": {\"aws:SourceVpc\": \"vpc-1\", \"aws:SourceVpce\": \"vpce-1\"}, \"IpAddress\": {\"aws:VpcSourceIp\": \"10.0.0.0/8\"}}",
                context))
        #expect(try holds("{\"Null\": {\"aws:SourceVpce\": \"true\"}}"))
    }

    @Test("5.9 time and encryption are provided, or not by a switch")
    func globalKeys() throws {
        var options = PolicyOptions.default
        options.providesGlobalKeys = false
        for condition in [
            "{\"Bool\": {\"aws:SecureTransport\": \"true\"}}",
            "{\"DateGreaterThan\": {\"aws:CurrentTime\": \"2020-01-01\"}}",
            "{\"NumericGreaterThan\": {\"aws:EpochTime\": 0}}",
        ] {
            #expect(try holds(condition, context()))
            #expect(try !holds(condition, context(), options: options))
        }
        #expect(
            try holds(
                "{\"Bool\": {\"aws:SecureTransport\": false}}", PolicyContext(clientID: "c", isSecure: false))
        )
    }
}
