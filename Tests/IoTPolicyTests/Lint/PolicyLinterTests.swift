import IoTPolicy
import Testing

@Suite("Lint")
struct PolicyLinterTests {
    private func codes(
        _ statements: String, version: String = "2012-10-17", options: PolicyOptions = .default
    ) throws -> [LintFinding.Code] {
        let text = "{\"Version\": \"\(version)\", \"Statement\": [\(statements)]}"
        return PolicyLinter.lint(try PolicyDocument(json: text, options: options)).map(\.code)
    }

    private let connect = statement(
        "Allow", "iot:Connect", on: ["@client/${iot:Connection.Thing.ThingName}"],
        when: "{\"Bool\": {\"iot:Connection.Thing.IsAttached\": \"true\"}}")
    private let publish = statement(
        "Allow", "iot:Publish", "iot:Receive", on: ["@topic/d/${iot:Connection.Thing.ThingName}/*"])
    private let subscribe = statement(
        "Allow", "iot:Subscribe", on: ["@topicfilter/d/${iot:Connection.Thing.ThingName}/*"])

    @Test("a policy that follows the manual has no findings")
    func clean() throws {
        #expect(try codes([connect, publish, subscribe].joined(separator: ",")) == [])
    }

    @Test("findings carry place, severity, message and fix, in document order")
    func finding() throws {
        let text =
            "{\"Version\": \"2012-10-17\",\n\"Statement\": [\(publish),\n{\"Effect\": \"Allow\", \"Action\": \"iot:Connect\",\n \"Resource\": \"\(expand("@client/${iot:ClientId}"))\"}]}"
        let findings = PolicyLinter.lint(try PolicyDocument(json: text))
        #expect(findings.map(\.code) == [.anyClientID])
        #expect(findings.first?.severity == .error)
        #expect(findings.first?.line == 4 && findings.first?.column == 14)
        #expect(findings.first?.fix.contains("${iot:Connection.Thing.ThingName}") == true)
    }

    @Test("any client ID", arguments: ["@client/${iot:ClientId}", "@client/*", "*", "@*"])
    func anyClientID(resource: String) throws {
        #expect(try codes(statement("Allow", "iot:Connect", on: [resource])).contains(.anyClientID))
        let tied = "{\"StringEquals\": {\"iot:Certificate.Subject.CommonName\": \"${iot:ClientId}\"}}"
        #expect(
            try !codes(statement("Allow", "iot:Connect", on: [resource], when: tied)).contains(.anyClientID))
        #expect(try !codes(statement("Deny", "iot:Connect", on: [resource])).contains(.anyClientID))
    }

    @Test("all actions, all topics")
    func all() throws {
        #expect(try codes(statement("Allow", "iot:*", on: ["@topic/a"])).contains(.allActions))
        for resource in ["*", "@*", "@topic/*", "@topic*", "@t*"] {
            #expect(
                try codes(statement("Allow", "iot:Publish", on: [resource])).contains(.allTopics),
                "\(resource)")
        }
        for resource in ["@topic/a*", "@topic/*/a", "@topic/${iot:ClientId}"] {
            #expect(
                try !codes(statement("Allow", "iot:Publish", on: [resource])).contains(.allTopics),
                "\(resource)")
        }
        #expect(try codes(statement("Allow", "iot:Subscribe", on: ["@topicfilter/#"])).contains(.allTopics))
        #expect(try codes(statement("Allow", "iot:Subscribe", on: ["@topicfilter/*"])).contains(.allTopics))
    }

    @Test("topic/ and topicfilter/ mixed up")
    func types() throws {
        #expect(try codes(statement("Allow", "iot:Subscribe", on: ["@topic/a"])).contains(.wrongResourceType))
        #expect(
            try codes(statement("Allow", "iot:Publish", on: ["@topicfilter/a"])).contains(.wrongResourceType))
        #expect(
            try codes(statement("Allow", "iot:Publish", "iot:Subscribe", on: ["@topic/a"])).contains(
                .wrongResourceType))
        #expect(
            try !codes(
                statement("Allow", "iot:Publish", "iot:Subscribe", on: ["@topic/a", "@topicfilter/a"])
            ).contains(.wrongResourceType))
        #expect(try !codes(statement("Allow", "iot:*", on: ["@topic/a"])).contains(.wrongResourceType))
    }

    @Test("MQTT wildcards in a Deny, or in a topic; a Deny a wider filter evades")
    func wildcards() throws {
        #expect(
            try codes(statement("Deny", "iot:Subscribe", on: ["@topicfilter/a/#"])).contains(
                .mqttWildcardInDeny))
        #expect(
            try codes(statement("Allow", "iot:Publish", on: ["@topic/a/+"])).contains(.mqttWildcardInTopic))
        #expect(
            try !codes(statement("Allow", "iot:Subscribe", on: ["@topicfilter/a/+"])).contains(
                .mqttWildcardInDeny))
        let deny = statement("Deny", "iot:Subscribe", on: ["@topicfilter/a/*"])
        #expect(try codes(deny).contains(.evadableDeny))
        #expect(
            try !codes(deny + "," + statement("Deny", "iot:Receive", on: ["@topic/a/*"])).contains(
                .evadableDeny))
    }

    @Test("Subscribe wider than Receive, Receive missing, Connect missing")
    func receive() throws {
        func pair(_ filter: String, _ topics: String...) throws -> [LintFinding.Code] {
            try codes(
                statement("Allow", "iot:Subscribe", on: ["@topicfilter/\(filter)"]) + ","
                    + statement("Allow", "iot:Receive", on: topics.map { "@topic/\($0)" }))
        }
        #expect(try pair("a/*", "a/b").contains(.subscribeWiderThanReceive))
        #expect(try pair("a/#", "a/b").contains(.subscribeWiderThanReceive))
        #expect(try !pair("a/*", "a/*").contains(.subscribeWiderThanReceive))
        #expect(try !pair("a/+/c", "a/*/c").contains(.subscribeWiderThanReceive))
        #expect(try !pair("$share/g/a/#", "a/*").contains(.subscribeWiderThanReceive))
        #expect(try !pair("${iot:ClientId}/*", "${iot:ClientId}/*").contains(.subscribeWiderThanReceive))
        #expect(
            try pair("${iot:ClientId}/*", "${iot:Connection.Thing.ThingName}/*").contains(
                .subscribeWiderThanReceive))
        #expect(try codes(subscribe).contains(.receiveMissing))
        #expect(try codes(subscribe).contains(.connectMissing))
        #expect(try !codes(connect).contains(.connectMissing))
    }

    @Test(
        "variables that never have a value",
        arguments: [
            "iot:Clientid2", "iot:Thing.ThingName", "iot:Connection.Thing.BillingGroupName",
            "iot:Certificate.Subject.Locality",
            "iot:Certificate.Subject.Organization.List", "iot:Certificate.Subject.Organization.7",
            "iot:ConnectAttributes", "iot:LastWillTopic",
            "credentials-iot:ThingName", "iot:ClientId, 'x'", "",
        ])
    func unresolvable(name: String) throws {
        #expect(
            try codes(statement("Allow", "iot:Publish", on: ["@topic/${\(name)}"])).contains(
                .unresolvableVariable))
    }

    @Test("variables misplaced, unclosed, or in the language of 2008")
    func misplaced() throws {
        #expect(
            try codes(statement("Allow", "iot:Publish", on: ["arn:aws:iot:${aws:Region}:1:topic/a"]))
                .contains(.variableNotSupported))
        #expect(
            try codes(statement("Allow", "iot:${iot:ClientId}", on: ["@topic/a"])).contains(
                .variableNotSupported))
        #expect(
            try codes(statement("Allow", "iot:Publish", on: ["@topic/${iot:ClientId"])).contains(
                .unresolvableVariable))
        #expect(try codes(publish, version: "2008-10-17").contains(.variableInOldVersion))
        let address = statement(
            "Allow", "iot:Publish", on: ["@topic/a"],
            when: "{\"IpAddress\": {\"aws:SourceIp\": \"${aws:SourceIp}\"}}")
        #expect(try codes(address).contains(.variableNotSupported))
        #expect(
            try codes(statement("Deny", "iot:Publish", on: ["@topic/${iot:ClientId}"])).contains(
                .denyDependsOnVariable))
        #expect(
            try codes(
                statement("Allow", "iot:Publish", on: ["@topic/${iot:ClientId}"], element: "NotResource")
            ).contains(.denyDependsOnVariable))
        #expect(
            try codes(
                statement(
                    "Allow", "iot:Subscribe", on: ["@topicfilter/${iot:Connection.Thing.Attributes[a]}/x"])
            ).contains(.variableWidensFilter))
    }

    @Test(
        "resources that match nothing",
        arguments: [
            "topic/a", "a*", "arn:aws:*:us-east-1:1:topic/a", "arn:aws:sns:us-east-1:1:topic/a",
            "arn:aws:iot:::topic/a", "arn:aws:iot", "x:y:z:a:b:c",
        ])
    func impossible(resource: String) throws {
        #expect(try codes(statement("Allow", "iot:Publish", on: [resource])).contains(.impossibleResource))
    }

    @Test("statements that say nothing, nothing new, or what a Deny undoes")
    func idle() throws {
        #expect(
            try codes("{\"Effect\": \"Allow\", \"Action\": [], \"Resource\": \"*\"}").contains(
                .impossibleStatement))
        #expect(
            try codes("{\"Effect\": \"Allow\", \"Action\": \"iot:Publish\", \"Resource\": []}").contains(
                .impossibleStatement))
        #expect(try codes("").contains(.impossibleStatement))
        let wide = statement("Allow", "iot:Pub*", on: ["@topic/a/*"])
        let narrow = statement("Allow", "iot:Publish", on: ["@topic/a/b"])
        #expect(try codes(narrow + "," + wide).filter { $0 == .redundantStatement }.count == 1)
        #expect(try codes(narrow + "," + narrow).filter { $0 == .redundantStatement }.count == 1)
        #expect(
            try codes(narrow + "," + statement("Deny", "*", on: ["@topic/a/*"])).contains(.shadowedByDeny))
        let conditional = statement(
            "Deny", "*", on: ["@topic/a/*"], when: "{\"StringEquals\": {\"iot:DomainName\": \"x\"}}")
        #expect(try !codes(narrow + "," + conditional).contains(.shadowedByDeny))
    }

    @Test("unknown actions, with the name that was meant")
    func actions() throws {
        #expect(try codes(statement("Allow", "iot:Publsh", on: ["@topic/a"])).contains(.unknownAction))
        #expect(try codes(statement("Allow", "Publish", on: ["@topic/a"])).contains(.unknownAction))
        #expect(try !codes(statement("Allow", "greengrass:Discover", on: ["*"])).contains(.unknownAction))
        let findings = PolicyLinter.lint(
            try document(statement("Allow", "iot:UpdateJobExecution", "iot:Publsh", on: ["*"])))
        #expect(
            findings.filter { $0.code == .unknownAction }.map(\.fix) == [
                "write iotjobsdata:UpdateJobExecution", "write iot:Publish",
            ])
    }

    @Test("conditions: unknown keys, keys of Connect elsewhere, missing set prefix, values that fit nothing")
    func conditions() throws {
        func when(_ condition: String, _ action: String = "iot:Publish", options: PolicyOptions = .default)
            throws -> [LintFinding.Code]
        {
            try codes(
                statement("Allow", action, on: ["@topic/a", "@client/a"], when: condition), options: options)
        }
        #expect(try when("{\"StringEquals\": {\"iot:ClientID2\": \"x\"}}").contains(.unknownKey))
        #expect(
            try !when("{\"StringEquals\": {\"cognito-identity.amazonaws.com:sub\": \"x\"}}").contains(
                .unknownKey))
        #expect(
            try when("{\"ForAnyValue:StringEquals\": {\"iot:ConnectAttributes\": \"LastWill\"}}").contains(
                .idleCondition))
        #expect(
            try when("{\"StringEquals\": {\"iot:ConnectAttributes\": \"LastWill\"}}", "iot:Connect").contains(
                .missingSetPrefix))
        #expect(try when("{\"StringEquals\": {\"iot:DomainName\": []}}").contains(.idleCondition))
        #expect(try when("{\"StringEquals\": {\"iot:DomainName\": \"*.x\"}}").contains(.idleCondition))
        var options = PolicyOptions.default
        options.refusesUnreadableValues = false
        #expect(
            try when("{\"IpAddress\": {\"aws:SourceIp\": \"x\"}}", options: options).contains(
                .unreadableValue))
    }

    @Test("Allow with NotAction or NotResource, repeated Sid, missing Version")
    func others() throws {
        #expect(
            try codes("{\"Effect\": \"Allow\", \"NotAction\": \"iot:Connect\", \"Resource\": \"*\"}")
                .contains(.allowEverythingElse))
        #expect(
            try codes(statement("Allow", "iot:Receive", on: ["@topic/a"], element: "NotResource")).contains(
                .allowEverythingElse))
        let twice = "{\"Sid\": \"s\", \"Effect\": \"Deny\", \"Action\": \"iot:Publish\", \"Resource\": \"*\"}"
        #expect(try codes(twice + "," + twice).contains(.repeatedSid))
        #expect(
            PolicyLinter.lint(try PolicyDocument(json: "{\"Statement\": \(connect)}")).map(\.code).contains(
                .versionMissing))
    }

    @Test("generated documents are looked at without a trap", arguments: 0..<200)
    func generated(seed: UInt64) throws {
        var generator = PolicyGenerator(seed: seed &+ 5_000)
        for finding in PolicyLinter.lint(try PolicyDocument(json: generator.documentText())) {
            #expect(finding.line > 0 && !finding.message.isEmpty && !finding.fix.isEmpty)
        }
    }
}
