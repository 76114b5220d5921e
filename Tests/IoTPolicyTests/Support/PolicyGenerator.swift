import IoTPolicy

/// Makes documents, contexts and requests out of few words, so that they often nearly or really meet.
struct PolicyGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    // MARK: Documents

    mutating func documentText() -> String {
        var statements: [String] = []
        for _ in 0..<(1 + Int(random.next() % 4)) { statements.append(statement()) }
        let version =
            random.chance(90)
            ? "\"Version\": \"2012-10-17\"," : random.pick(["", "\"Version\": \"2008-10-17\","])
        let body =
            statements.count == 1 && random.chance(50)
            ? statements[0] : "[\(statements.joined(separator: ","))]"
        return "{\(version)\"Statement\": \(body)}"
    }

    private mutating func statement() -> String {
        var parts = ["\"Effect\": \"\(random.chance(70) ? "Allow" : "Deny")\""]
        parts.append("\"\(random.chance(92) ? "Action" : "NotAction")\": \(list(Self.actions))")
        var resources: [String] = []
        for _ in 0..<(1 + Int(random.next() % 3)) { resources.append("\"\(resource())\"") }
        parts.append(
            "\"\(random.chance(85) ? "Resource" : "NotResource")\": [\(resources.joined(separator: ","))]")
        if random.chance(45) { parts.append("\"Condition\": \(conditions())") }
        return "{\(parts.joined(separator: ","))}"
    }

    private static let actions = [
        "iot:Connect", "iot:Publish", "iot:RetainPublish", "iot:Subscribe", "iot:Receive", "iot:*", "*",
        "iot:P*",
        "IOT:publish", "iot:*ublish", "iot:S?bscribe", "iotjobsdata:*",
    ]

    private static let variables = [
        "${iot:ClientId}", "${iot:Connection.Thing.ThingName}", "${iot:connection.thing.thingtypename}",
        "${iot:Connection.Thing.Attributes[site]}", "${iot:Certificate.Subject.CommonName}",
        "${iot:Certificate.Subject.Organization.1}", "${iot:Certificate.Subject.Organization.List}",
        "${iot:ConnectAttributes}", "${iot:Nothing}", "${*}", "${?}", "${$}", "${iot:CertificateId}",
    ]

    private mutating func list(_ choices: [String]) -> String {
        var items: [String] = []
        for _ in 0..<(1 + Int(random.next() % 2)) { items.append("\"\(random.pick(choices))\"") }
        return items.count == 1 && random.chance(50) ? items[0] : "[\(items.joined(separator: ","))]"
    }

    private mutating func resource() -> String {
        if random.chance(12) { return "*" }
        let region = random.pick([
            "us-east-1", "us-east-1", "us-east-1", "us-*", "*", "eu-west-1", "us-east-?",
        ])
        let account = random.pick(["123456789012", "123456789012", "123456789012", "*", "999999999999"])
        let partition = random.pick(["aws", "aws", "aws", "aws-cn", "aws*"])
        let service = random.chance(96) ? "iot" : random.pick(["*", "io?", "sns"])
        return "arn:\(partition):\(service):\(region):\(account):\(resourceName())"
    }

    private mutating func resourceName() -> String {
        if random.chance(5) { return random.pick(["*", "topic*", "t*/a", "*/a/*", "?opic/a", "topic?a"]) }
        return random.pick(["client", "topic", "topic", "topicfilter"]) + "/" + pattern()
    }

    private mutating func pattern() -> String {
        var text = ""
        for index in 0..<(1 + Int(random.next() % 3)) {
            if index > 0 { text += random.pick(["/", "/", "/", ":", ""]) }
            text +=
                random.chance(25)
                ? random.pick(Self.variables) : random.pick(Self.words + ["*", "?", "a*", "*b"])
        }
        return text
    }

    private static let words = ["a", "b", "ab", "aab", "t1", "north", "+", "#", "$aws", "é", "a:b"]

    private mutating func conditions() -> String {
        var blocks: [String: [String]] = [:]
        for _ in 0..<(1 + Int(random.next() % 2)) {
            let (name, entry) = condition()
            blocks[name, default: []].append(entry)
        }
        let text = blocks.sorted { $0.key < $1.key }.map { name, entries in
            // A key may occur once in an operator.
            "\"\(name)\": {\(entries[0])}"
        }
        return "{\(text.joined(separator: ","))}"
    }

    private mutating func condition() -> (name: String, entry: String) {
        let prefix = random.pick(["", "", "", "ForAllValues:", "ForAnyValue:"])
        let suffix = random.chance(20) ? "IfExists" : ""
        switch random.next() % 6 {
        case 0:
            let key = random.pick([
                "iot:ConnectAttributes", "iot:Connection.Thing.ThingName", "Iot:Nothing", "iot:DomainName",
                "iot:Certificate.Subject.Organization.List",
            ])
            return ("Null", "\"\(key)\": \"\(random.pick(["true", "false"]))\"")
        case 1:
            let name = random.pick(["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"])
            let value = random.pick(["@topic/a*", "@topic/a", "arn:*:iot:*:*:topic/?", "topic/a"])
            return (prefix + name + suffix, "\"iot:LastWillTopic\": \"\(expand(value))\"")
        case 2:
            let name = random.pick(["IpAddress", "NotIpAddress"])
            return (
                prefix + name + suffix,
                "\"aws:SourceIp\": \(list(["192.0.2.0/24", "192.0.2.128/25", "10.0.0.0/8", "192.0.2.7"]))"
            )
        case 3:
            let name = random.pick([
                "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals",
            ])
            return (prefix + name + suffix, "\"aws:EpochTime\": \(random.pick(["1000", "2000", "\"3000\""]))")
        case 4:
            let key = random.pick(["aws:SecureTransport", "iot:Connection.Thing.IsAttached"])
            return (prefix + "Bool" + suffix, "\"\(key)\": \(random.pick(["true", "false", "\"true\""]))")
        default:
            let name = random.pick([
                "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
                "StringLike", "StringNotLike",
            ])
            let key = random.pick([
                "iot:ClientId", "iot:connection.thing.thingname", "iot:ConnectAttributes", "iot:DomainName",
                "iot:Certificate.Subject.CommonName", "iot:Certificate.Subject.Organization.List",
                "iot:Connection.Thing.Attributes[site]",
            ])
            let values =
                ["a", "A", "b*", "*", "?", "t1", "LastWill", "PersistentConnect", "north"] + Self.variables
            return (prefix + name + suffix, "\"\(key)\": \(list(values))")
        }
    }

    // MARK: Contexts and requests

    mutating func context() -> PolicyContext {
        let names = ["a", "b", "t1", "ab", "*", "a?", "${iot:ClientId}", "é"]
        var context = PolicyContext(transport: random.pick([.mqtt, .mqtt, .webSocket, .http]))
        if random.chance(90) { context.clientID = random.pick(names) }
        if random.chance(60) {
            context.thing = ThingContext(
                name: random.chance(70) ? context.clientID ?? "a" : random.pick(["a", "t1"]),
                typeName: random.chance(50) ? "ab" : nil,
                attributes: random.chance(60) ? ["site": random.pick(["north", "a", "a/b", "#"])] : [:],
                isAttached: random.chance(75), isExclusive: random.chance(25))
        }
        if random.chance(50) {
            context.certificate = CertificateContext(
                id: "a",
                subject: [
                    "CommonName": [random.pick(["a", "b", "a*", "north"])],
                    "Organization": random.pick([[], ["a"], ["a", "b"], ["b", "a", "north", "a*"]]),
                ])
        }
        if random.chance(60) { context.sourceIP = random.pick(["192.0.2.7", "192.0.2.200", "10.1.1.1"]) }
        if random.chance(10) { context.sourceVPCE = "vpce-1" }
        if random.chance(40) { context.domainName = random.pick(["a", "b"]) }
        if random.chance(70) { context.time = random.pick([999, 1000, 2500]) }
        if random.chance(30) { context.isSecure = false }
        context.connectAttributes = random.pick([
            [], ["LastWill"], ["PersistentConnect"], ["PersistentConnect", "LastWill"],
        ])
        if random.chance(40) {
            context.lastWillTopic = expand(random.pick(["@topic/a", "@topic/ab", "@topic/b"]))
        }
        return context
    }

    mutating func request() -> (action: MQTTAction, name: String) {
        var name = ""
        for index in 0..<(1 + Int(random.next() % 3)) {
            if index > 0 { name += random.pick(["/", "/", ":", ""]) }
            name += random.pick(Self.words + ["*", "${iot:ClientId}", "a*", "?"])
        }
        return (random.pick(MQTTAction.allCases), name)
    }
}
