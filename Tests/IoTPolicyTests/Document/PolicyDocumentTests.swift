import IoTPolicy
import Testing

@Suite("Rule book, section 1: documents")
struct PolicyDocumentTests {
    private let body = "\"Effect\": \"Allow\", \"Action\": \"iot:Publish\", \"Resource\": \"*\""

    @Test("1.1 a document is Version, optional Id and Statement")
    func elements() throws {
        let document = try PolicyDocument(
            json: "{\"Id\": \"x\", \"Statement\": [{\(body)}], \"Version\": \"2012-10-17\"}")
        #expect(document.id == "x")
        #expect(document.version == .v2012)
        #expect(document.statements.count == 1)
        var options = PolicyOptions.default
        options.acceptsID = false
        #expect(refusal("{\"Id\": \"x\", \"Statement\": []}", options: options)?.code == .unknownElement)
    }

    @Test("1.2 Version is one of two; absent it is the older")
    func version() throws {
        #expect(try PolicyDocument(json: "{\"Statement\": {\(body)}}").version == .v2008)
        #expect(try document("{\(body)}", version: "2008-10-17").version == .v2008)
        for version in ["\"2012-10-18\"", "\"\"", "\"latest\""] {
            #expect(refusal("{\"Version\": \(version), \"Statement\": {\(body)}}")?.code == .unknownVersion)
        }
        for version in ["2012", "null", "[\"2012-10-17\"]"] {
            #expect(refusal("{\"Version\": \(version), \"Statement\": {\(body)}}")?.code == .wrongType)
        }
    }

    @Test("1.3 the older version has no variables; ${…} and its escapes are plain text")
    func oldVersion() throws {
        let statements = statement("Allow", "iot:Publish", on: ["@topic/${iot:ClientId}", "@topic/${*}"])
        #expect(try decide(statements, "iot:Publish", "@topic/c", version: "2008-10-17") == .implicitDeny)
        #expect(
            try decide(statements, "iot:Publish", "@topic/${iot:ClientId}", version: "2008-10-17") == .allowed
        )
        #expect(
            try decide(statements, "iot:Publish", "@topic/${anything}", version: "2008-10-17") == .allowed)
        #expect(try decide(statements, "iot:Publish", "@topic/c") == .allowed)
    }

    @Test("1.4 Statement is an object or an array of objects")
    func statementForms() throws {
        #expect(try document("{\(body)}, {\(body)}").statements.count == 2)
        #expect(try PolicyDocument(json: "{\"Statement\": {\(body)}}").statements.count == 1)
        for form in ["1", "\"x\"", "null", "[1]", "[[{\(body)}]]"] {
            #expect(refusal("{\"Statement\": \(form)}")?.code == .wrongType)
        }
    }

    @Test("1.5 elements come in any order; Sid is a label")
    func order() throws {
        let parsed = try document(
            "{\"Resource\": \"*\", \"Sid\": \"s\", \"Action\": \"iot:Publish\", \"Effect\": \"Deny\"}")
        #expect(parsed.statements[0].sid == "s")
        #expect(parsed.statements[0].effect == .deny)
    }

    @Test("1.6 Effect is Allow or Deny, with that case", arguments: ["allow", "DENY", "Permit", ""])
    func effect(text: String) {
        #expect(
            refusal("{\"Statement\": {\"Effect\": \"\(text)\", \"Action\": \"a:b\", \"Resource\": \"*\"}}")?
                .code
                == .invalidEffect)
    }

    @Test("1.7 one of Action and NotAction, one of Resource and NotResource, strings or arrays of them")
    func oneOfEach() {
        let effect = "\"Effect\": \"Allow\""
        #expect(refusal("{\"Statement\": {\(effect), \"Resource\": \"*\"}}")?.code == .missingElement)
        #expect(refusal("{\"Statement\": {\(effect), \"Action\": \"*\"}}")?.code == .missingElement)
        #expect(refusal("{\"Statement\": {\(body), \"NotAction\": \"a:b\"}}")?.code == .conflictingElements)
        #expect(refusal("{\"Statement\": {\(body), \"NotResource\": \"*\"}}")?.code == .conflictingElements)
        for value in ["1", "true", "null", "{}", "[1]", "[[\"*\"]]"] {
            #expect(
                refusal("{\"Statement\": {\(effect), \"Action\": \(value), \"Resource\": \"*\"}}")?.code
                    == .wrongType)
            #expect(
                refusal("{\"Statement\": {\(effect), \"Action\": \"*\", \"Resource\": \(value)}}")?.code
                    == .wrongType)
        }
    }

    @Test("1.8 NotResource and NotAction are supported; NotAction by a switch")
    func notElements() throws {
        let text =
            "{\"Statement\": {\"Effect\": \"Allow\", \"NotAction\": \"iot:Connect\", \"NotResource\": [\"*\"]}}"
        let parsed = try PolicyDocument(json: text)
        #expect(parsed.statements[0].actions.isNegated)
        #expect(parsed.statements[0].resources.isNegated)
        var options = PolicyOptions.default
        options.acceptsNotAction = false
        #expect(refusal(text, options: options)?.code == .unknownElement)
    }

    @Test("1.9 Condition is operator, key, value or values")
    func condition() throws {
        let parsed = try document(
            "{\(body), \"Condition\": {\"StringEquals\": {\"a:b\": \"x\", \"a:c\": [\"y\", \"z\"]}, \"Bool\": {}}}"
        )
        #expect(parsed.statements[0].conditions.map(\.key.text) == ["a:b", "a:c"])
        #expect(parsed.statements[0].conditions.map { $0.values.map(\.text) } == [["x"], ["y", "z"]])
        for form in [
            "1", "[]", "{\"StringEquals\": 1}", "{\"StringEquals\": {\"a:b\": null}}",
            "{\"StringEquals\": {\"a:b\": {}}}",
        ] {
            #expect(refusal("{\"Statement\": {\(body), \"Condition\": \(form)}}")?.code == .wrongType)
        }
    }

    @Test(
        "1.10 Principal and NotPrincipal are refused, or ignored by a switch",
        arguments: ["Principal", "NotPrincipal"])
    func principal(element: String) throws {
        let text = "{\"Statement\": {\(body), \"\(element)\": \"*\"}}"
        #expect(refusal(text)?.code == .unknownElement)
        var options = PolicyOptions.default
        options.acceptsPrincipal = true
        #expect(refusal(text, options: options) == nil)
    }

    @Test("1.11 booleans and numbers need no quotation marks")
    func plainValues() throws {
        let parsed = try document(
            "{\(body), \"Condition\": {\"Bool\": {\"a:b\": true}, \"NumericEquals\": {\"a:c\": [1, -2.5e3]}}}"
        )
        #expect(
            parsed.statements[0].conditions.map { $0.values.map(\.text) } == [["true"], ["1", "-2.5e3"]])
    }

    @Test(
        "1.12 what is not acceptable",
        arguments: [
            ("[]", PolicyError.Code.wrongType), ("\"x\"", .wrongType), ("{}", .missingElement),
            ("{\"Version\": \"2012-10-17\"}", .missingElement),
            ("{\"Statement\": [], \"Statement\": []}", .duplicateKey),
            ("{\"Statement\": [], \"St\\u0061tement\": []}", .duplicateKey),
            (
                "{\"Statement\": {\"Effect\": \"Allow\", \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}",
                .duplicateKey
            ),
            ("{\"Statement\": {\"Action\": \"*\", \"Resource\": \"*\"}}", .missingElement),
            ("{\"statement\": []}", .unknownElement),
            ("{\"Statement\": [], \"Statements\": []}", .unknownElement),
            (
                "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\", \"condition\": {}}}",
                .unknownElement
            ),
        ])
    func malformed(text: String, code: PolicyError.Code) {
        #expect(refusal(text)?.code == code)
    }

    @Test("1.12 a condition key repeated in one operator is refused, also in another case")
    func repeatedKey() {
        let text =
            "{\"Statement\": {\(body), \"Condition\": {\"StringEquals\": {\"iot:ClientId\": \"a\", \"iot:clientid\": \"b\"}}}}"
        #expect(refusal(text)?.code == .duplicateKey)
    }

    @Test("1.13 the limit is 2048 characters, white space not counted, 404600 in all")
    func size() throws {
        let frame = "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"\"}}"
        func text(_ count: Int) -> String {
            frame.replacing("\"\"", with: "\"" + String(repeating: "é", count: count - frame.count) + "\"")
        }
        #expect(refusal(text(2_048)) == nil)
        #expect(refusal(text(2_049))?.code == .tooLarge)
        #expect(refusal(text(2_048).replacing(",", with: " ,\n\t ")) == nil)
        #expect(refusal(text(404_601).replacing("é", with: " "))?.code == .tooLarge)
        #expect(refusal(String(repeating: " ", count: 404_600 - frame.count) + frame) == nil)
        #expect(refusal(String(repeating: " ", count: 404_601 - frame.count) + frame)?.code == .tooLarge)
    }

    @Test("5.2 an unknown operator makes the document malformed; a switch lets its condition never hold")
    func unknownOperator() throws {
        for name in [
            "StringEqual", "stringequals", "NullIfExists", "ForSomeValue:StringEquals",
            "StringEqualsIfexists", "",
        ] {
            let text = "{\"Statement\": {\(body), \"Condition\": {\"\(name)\": {\"a:b\": \"true\"}}}}"
            #expect(refusal(text)?.code == .unknownOperator, "\(name)")
            var options = PolicyOptions.default
            options.unknownOperator = .neverHolds
            let parsed = try PolicyDocument(json: text, options: options)
            #expect(parsed.statements[0].conditions[0].operator.description == name)
            #expect(decide([parsed], "iot:Publish", "@topic/a") == .implicitDeny)
        }
    }

    @Test(
        "a value its operator cannot read is refused; a switch lets it equal nothing",
        arguments: [
            ("NumericEquals", "x"), ("DateLessThan", "yesterday"), ("Bool", "yes"), ("Null", "0"),
            ("IpAddress", "10.0.0.0/33"), ("NotIpAddress", "10.0.0.256"), ("BinaryEquals", "====="),
        ])
    func unreadableValue(name: String, value: String) throws {
        let text = "{\"Statement\": {\(body), \"Condition\": {\"\(name)\": {\"a:b\": \"\(value)\"}}}}"
        #expect(refusal(text)?.code == .unreadableValue)
        var options = PolicyOptions.default
        options.refusesUnreadableValues = false
        #expect(refusal(text, options: options) == nil)
    }
}

@Suite("Canonical JSON and the builder")
struct CanonicalJSONTests {
    @Test("the canonical form reads back as the same document", arguments: 0..<300)
    func roundTrip(seed: UInt64) throws {
        var generator = PolicyGenerator(seed: seed)
        let document = try PolicyDocument(json: generator.documentText())
        let again = try PolicyDocument(json: document.canonicalJSON)
        #expect(again.canonicalJSON == document.canonicalJSON)
        #expect(again.statements.map(\.resources) == document.statements.map(\.resources))
    }

    @Test("layout, order of elements and string or array make no difference")
    func sameText() throws {
        let first = try PolicyDocument(
            json:
                "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"}}"
        )
        let second = try PolicyDocument(
            json:
                "{ \"Statement\": [ {\"Resource\": [\"*\"], \"Action\": [\"a:b\"],\n \"Effect\": \"Allow\"} ], \"Version\": \"2012-10-17\" }"
        )
        #expect(first.canonicalJSON == second.canonicalJSON)
        #expect(first == second)
    }

    @Test("special characters survive")
    func escapes() throws {
        let document = try PolicyDocument(statements: [
            .allow(["a:b"], on: ["\"\\\n\r\t\u{1}\u{7F}é😀/"], sid: "s\"")
        ])
        #expect(document.statements[0].resources.patterns[0].text == "\"\\\n\r\t\u{1}\u{7F}é😀/")
        #expect(document.statements[0].sid == "s\"")
    }

    @Test("a built document decides as a written one")
    func builder() throws {
        let document = try PolicyDocument(
            statements: [
                .allow(
                    ["iot:Connect"], on: [scope.arn(client: "${iot:Connection.Thing.ThingName}")],
                    when: [
                        PolicyCondition(ConditionOperator(.bool), "iot:Connection.Thing.IsAttached", ["true"])
                    ]),
                .deny(["iot:Connect"], on: [scope.arn(client: "bad*")]),
                PolicyStatement(
                    .allow, .notMatching(["iot:Connect"]), .notMatching([scope.arn(topic: "secret")])),
            ])
        let thing = ThingContext(name: "a", isAttached: true)
        #expect(
            decide([document], "iot:Connect", "@client/a", PolicyContext(clientID: "a", thing: thing))
                == .allowed)
        #expect(
            decide([document], "iot:Connect", "@client/bad1", PolicyContext(clientID: "a")) == .explicitDeny)
        #expect(decide([document], "iot:Publish", "@topic/secret") == .implicitDeny)
        #expect(decide([document], "iot:Publish", "@topic/open") == .allowed)
    }

    @Test("a built document obeys the same limits")
    func limits() {
        #expect(throws: PolicyError.self) {
            try PolicyDocument(statements: [.allow(["a:b"], on: [String(repeating: "x", count: 2_100)])])
        }
        #expect(throws: PolicyError.self) {
            try PolicyDocument(
                statements: [
                    .allow(
                        ["a:b"], on: ["*"],
                        when: [PolicyCondition(ConditionOperator(.ipAddress), "a:b", ["x"])])
                ])
        }
    }

    @Test("operators by name and by parts", arguments: ConditionOperator.Comparison.allCases)
    func operators(comparison: ConditionOperator.Comparison) {
        guard comparison != .unknown else { return }
        for quantifier in ConditionOperator.Quantifier.allCases {
            for ifExists in [false, true] {
                let made = ConditionOperator(comparison, quantifier: quantifier, ifExists: ifExists)
                #expect(ConditionOperator(made.description) == made)
            }
        }
    }
}
