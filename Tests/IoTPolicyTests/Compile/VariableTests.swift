import IoTPolicy
import Testing

@Suite("Rule book, section 4: variables")
struct VariableTests {
    private let pump = ThingContext(
        name: "pump", typeName: "Pump", attributes: ["site": "north", "Site": "south"], isAttached: true)

    private func connected(
        as clientID: String? = "pump", _ thing: ThingContext? = nil, _ transport: PolicyTransport = .mqtt,
        _ certificate: CertificateContext? = nil
    ) -> PolicyContext {
        PolicyContext(transport: transport, clientID: clientID, thing: thing, certificate: certificate)
    }

    private func publish(
        _ pattern: String, _ topic: String, _ context: PolicyContext, options: PolicyOptions = .default
    ) throws -> Bool {
        try decide(
            statement("Allow", "iot:Publish", on: ["@topic/\(pattern)"]), "iot:Publish", "@topic/\(topic)",
            context,
            options: options) == .allowed
    }

    @Test("4.1 variables are replaced after the fifth colon and nowhere before it")
    func place() throws {
        #expect(try publish("in/${iot:ClientId}/*", "in/pump/x", connected()))
        let text = statement("Allow", "iot:Publish", on: ["arn:aws:iot:us-east-1:${iot:ClientId}:topic/a"])
        let context = PolicyContext(clientID: "123456789012")
        #expect(try decide(text, "iot:Publish", "@topic/a", context) == .implicitDeny)
        let action = statement("Allow", "iot:${iot:ClientId}", on: ["*"])
        #expect(
            try decide(action, "iot:Publish", "@topic/a", PolicyContext(clientID: "Publish")) == .implicitDeny
        )
    }

    @Test("4.1 variables also in NotResource, and in string, ARN and Bool values, but in no others")
    func values() throws {
        let except = statement("Allow", "iot:Publish", on: ["@topic/${iot:ClientId}"], element: "NotResource")
        #expect(try decide(except, "iot:Publish", "@topic/pump", connected()) == .implicitDeny)
        #expect(try decide(except, "iot:Publish", "@topic/x", connected()) == .allowed)
        var context = PolicyContext(clientID: "c", domainName: "c", lastWillTopic: expand("@topic/c"))
        context.extra = ["x:n": ["5"], "x:v": ["5"], "x:b": ["true"], "x:ip": ["192.0.2.1"]]
        context.sourceIP = "192.0.2.1"
        #expect(try holds("{\"StringEquals\": {\"iot:DomainName\": \"${iot:ClientId}\"}}", context))
        #expect(
            try holds(
                "{\"ArnEquals\": {\"iot:LastWillTopic\": \"\(expand("@topic/${iot:ClientId}"))\"}}", context))
        #expect(try holds("{\"Bool\": {\"x:b\": \"${x:b}\"}}", context))
        #expect(try !holds("{\"NumericEquals\": {\"x:n\": \"${x:v}\"}}", context))
        #expect(try !holds("{\"IpAddress\": {\"aws:SourceIp\": \"${x:ip}\"}}", context))
        #expect(try holds("{\"NotIpAddress\": {\"aws:SourceIp\": \"${x:ip}\"}}", context))
    }

    @Test("4.2 variable names compare without case")
    func caseOfNames() throws {
        #expect(try publish("${IOT:CLIENTID}", "pump", connected()))
        #expect(try publish("${iot:connection.thing.thingname}", "pump", connected(as: "pump", pump)))
    }

    @Test("4.3 keys with several values cannot be variables")
    func multiValued() throws {
        let certificate = CertificateContext(id: "i", subject: ["Organization": ["a"]])
        #expect(
            try !publish(
                "${iot:Certificate.Subject.Organization.List}", "a",
                connected(as: "c", nil, .mqtt, certificate)))
        var context = PolicyContext(
            clientID: "c", connectAttributes: ["LastWill"], extra: ["x:m": ["a", "b"], "x:s": ["a"]])
        #expect(try !publish("${x:m}", "a", context))
        #expect(try publish("${x:s}", "a", context))
        context.transport = .webSocket
        #expect(
            try decide(
                statement("Allow", "iot:Connect", on: ["@client/${iot:ConnectAttributes}"]), "iot:Connect",
                "@client/LastWill", context)
                == .implicitDeny)
    }

    @Test("4.4 without value a resource matches nothing; its siblings are not touched, or all by a switch")
    func noValue() throws {
        let text = statement("Allow", "iot:Publish", on: ["@topic/${iot:Nothing}", "@topic/a"])
        #expect(try decide(text, "iot:Publish", "@topic/a") == .allowed)
        #expect(try decide(text, "iot:Publish", "@topic/") == .implicitDeny)
        #expect(try decide(text, "iot:Publish", "@topic/${iot:Nothing}") == .implicitDeny)
        var options = PolicyOptions.default
        options.unresolvedResource = .wholeStatement
        #expect(try decide(text, "iot:Publish", "@topic/a", options: options) == .implicitDeny)
        let deny =
            statement("Allow", "*", on: ["*"]) + "," + statement("Deny", "*", on: ["@topic/${iot:Nothing}*"])
        #expect(try decide(deny, "iot:Publish", "@topic/a") == .allowed)
    }

    @Test("4.4 without value a NotResource entry excepts nothing, or fails closed by a switch")
    func noValueInNotResource() throws {
        let allow = statement("Allow", "iot:Publish", on: ["@topic/${iot:Nothing}"], element: "NotResource")
        #expect(try decide(allow, "iot:Publish", "@topic/a") == .allowed)
        var options = PolicyOptions.default
        options.unresolvedNotResource = .failsClosed
        #expect(try decide(allow, "iot:Publish", "@topic/a", options: options) == .implicitDeny)
        let deny =
            statement("Allow", "*", on: ["*"]) + ","
            + statement("Deny", "iot:Publish", on: ["@topic/${iot:Nothing}"], element: "NotResource")
        #expect(try decide(deny, "iot:Publish", "@topic/a", options: options) == .explicitDeny)
    }

    @Test("4.4 without value a positive test is false and a negated one true")
    func noValueInCondition() throws {
        let context = PolicyContext(clientID: "c", domainName: "d")
        #expect(try !holds("{\"StringEquals\": {\"iot:DomainName\": \"${iot:Nothing}\"}}", context))
        #expect(try !holds("{\"StringLike\": {\"iot:DomainName\": \"*${iot:Nothing}\"}}", context))
        #expect(try holds("{\"StringNotEquals\": {\"iot:DomainName\": \"${iot:Nothing}\"}}", context))
        #expect(try holds("{\"StringNotLike\": {\"iot:DomainName\": \"${iot:Nothing}*\"}}", context))
        #expect(
            try !holds("{\"StringNotEquals\": {\"iot:DomainName\": [\"${iot:Nothing}\", \"d\"]}}", context))
    }

    @Test(
        "4.6 a value is compared literally, whatever it holds",
        arguments: ["*", "?", "a*", "${iot:ClientId}", "${*}", "$", "+", "#", "a/b", "é"])
    func literal(clientID: String) throws {
        let context = PolicyContext(clientID: clientID)
        #expect(try publish("${iot:ClientId}", clientID, context))
        #expect(try !publish("${iot:ClientId}", "x", context))
        #expect(try !publish("${iot:ClientId}", "ab", context))
        #expect(try publish("${iot:ClientId}/*", clientID + "/x", context))
        #expect(
            try !holds(
                "{\"StringLike\": {\"x:y\": \"${iot:ClientId}\"}}",
                PolicyContext(clientID: clientID, extra: ["x:y": ["other"]])))
    }

    @Test("4.6 client IDs with wildcards are not substituted at all by a switch")
    func clientIDsWithWildcards() throws {
        var options = PolicyOptions.default
        options.substitutesClientIDsWithWildcards = false
        let text = statement("Allow", "iot:Publish", on: ["@topic/${iot:ClientId}/x"])
        for (clientID, expected) in [
            ("a*", PolicyDecision.implicitDeny), ("?", .implicitDeny), ("a+", .allowed),
        ] {
            let context = PolicyContext(clientID: clientID)
            #expect(
                try decide(text, "iot:Publish", "@topic/\(clientID)/x", context, options: options) == expected
            )
            #expect(
                try holds(
                    "{\"StringEquals\": {\"iot:ClientId\": \"\(clientID)\"}}", context, options: options))
        }
    }

    @Test("4.7 the form with a default has no value")
    func defaults() throws {
        #expect(try !publish("${iot:Nothing, 'x'}", "x", connected()))
        #expect(try !publish("${iot:ClientId, 'x'}", "x", connected()))
    }

    @Test("an unclosed or empty variable matches nothing")
    func unclosed() throws {
        #expect(try !publish("${iot:ClientId", "pump", connected()))
        #expect(try !publish("${iot:ClientId", "${iot:ClientId", connected()))
        #expect(try !publish("${}", "", connected()))
    }

    @Test("$<iot:…> is read as a variable, unless switched off; other angle brackets are text")
    func angleBrackets() throws {
        #expect(try publish("$<iot:ClientId>", "pump", connected()))
        #expect(try publish("$<x>", "$<x>", connected()))
        var options = PolicyOptions.default
        options.acceptsAngleBracketVariables = false
        #expect(try publish("$<iot:ClientId>", "$<iot:ClientId>", connected(), options: options))
        #expect(try !publish("$<iot:ClientId>", "pump", connected(), options: options))
    }

    @Test("4.8 client ID, address and server name; no client ID over HTTPS")
    func basic() throws {
        let context = PolicyContext(clientID: "c", sourceIP: "192.0.2.1", domainName: "d.example")
        #expect(
            try publish("${iot:ClientId}/${aws:SourceIp}/${iot:DomainName}", "c/192.0.2.1/d.example", context)
        )
        #expect(try !publish("${iot:ClientId}", "c", PolicyContext(transport: .http, clientID: "c")))
        #expect(try publish("${iot:ClientId}", "c", PolicyContext(transport: .webSocket, clientID: "c")))
    }

    @Test("4.9 name, type, attributes and attachment of the thing")
    func thing() throws {
        let context = connected(as: "pump", pump)
        let base = "iot:Connection.Thing"
        #expect(try publish("${\(base).ThingName}/${\(base).ThingTypeName}", "pump/Pump", context))
        #expect(try publish("${\(base).Attributes[site]}/${\(base).IsAttached}", "north/true", context))
        #expect(try !publish("${\(base).BillingGroupName}", "x", context))
    }

    @Test("4.10 a) client ID equal to the thing's name and attached; never over HTTP")
    func association() throws {
        let pattern = "${iot:Connection.Thing.ThingName}"
        var loose = pump
        loose.isAttached = false
        #expect(try publish(pattern, "pump", connected(as: "pump", pump)))
        #expect(try publish(pattern, "pump", connected(as: "pump", pump, .webSocket)))
        #expect(try !publish(pattern, "pump", connected(as: "Pump", pump)))
        #expect(try !publish(pattern, "pump", connected(as: nil, pump)))
        #expect(try !publish(pattern, "pump", connected(as: "pump", loose)))
        #expect(try !publish(pattern, "pump", connected(as: "pump", pump, .http)))
        #expect(try !publish(pattern, "pump", connected(as: "pump", nil)))
    }

    @Test("4.10 b) exclusive attachment resolves for any client ID; type and attachment by a switch")
    func exclusive() throws {
        var exclusive = pump
        exclusive.isExclusive = true
        let context = connected(as: "random", exclusive)
        #expect(
            try publish(
                "${iot:Connection.Thing.ThingName}/${iot:Connection.Thing.Attributes[site]}", "pump/north",
                context))
        let both = "${iot:Connection.Thing.ThingTypeName}/${iot:Connection.Thing.IsAttached}"
        #expect(try publish(both, "Pump/true", context))
        var options = PolicyOptions.default
        options.exclusiveThingResolvesTypeAndAttachment = false
        #expect(try !publish(both, "Pump/true", context, options: options))
        #expect(try publish(both, "Pump/true", connected(as: "pump", exclusive), options: options))
        let connect = statement("Allow", "iot:Connect", on: ["@client/${iot:Connection.Thing.ThingName}"])
        #expect(try decide(connect, "iot:Connect", "@client/random", context) == .implicitDeny)
        exclusive.isAttached = false
        #expect(try !publish("${iot:Connection.Thing.ThingName}", "pump", connected(as: "random", exclusive)))
        exclusive.isAttached = true
        #expect(
            try !publish(
                "${iot:Connection.Thing.ThingName}", "pump", connected(as: "random", exclusive, .http)))
    }

    @Test("4.9, 4.12 IsAttached without association has no value, or is false by a switch")
    func isAttached() throws {
        let condition = "{\"Bool\": {\"iot:Connection.Thing.IsAttached\": \"false\"}}"
        let context = connected(as: "other", pump)
        #expect(try !holds(condition, context))
        #expect(try !holds("{\"Bool\": {\"iot:Connection.Thing.IsAttached\": \"true\"}}", context))
        var options = PolicyOptions.default
        options.isAttachedWithoutAssociation = .isFalse
        #expect(try holds(condition, context, options: options))
    }

    @Test("4.12 a missing attribute or type has no value")
    func missing() throws {
        let plain = ThingContext(name: "pump", isAttached: true)
        #expect(try !publish("${iot:Connection.Thing.Attributes[site]}", "", connected(as: "pump", plain)))
        #expect(try !publish("${iot:Connection.Thing.ThingTypeName}", "", connected(as: "pump", plain)))
        #expect(try !publish("${iot:Connection.Thing.Attributes[]}", "", connected(as: "pump", pump)))
    }

    @Test("4.13 attribute names mind case, or not by a switch; iot:Thing.ThingName is no variable")
    func attributeNames() throws {
        let context = connected(
            as: "pump", ThingContext(name: "pump", attributes: ["site": "north"], isAttached: true))
        #expect(try !publish("${iot:Connection.Thing.Attributes[SITE]}", "north", context))
        #expect(try publish("${iot:Connection.Thing.attributes[site]}", "north", context))
        var options = PolicyOptions.default
        options.attributeNamesIgnoreCase = true
        #expect(try publish("${iot:Connection.Thing.Attributes[SITE]}", "north", context, options: options))
        #expect(try !publish("${iot:Thing.ThingName}", "pump", context))
    }

    @Test("4.14, 4.15 keys of other services come from the host")
    func otherKeys() throws {
        let context = PolicyContext(
            clientID: "c",
            extra: ["Cognito-Identity.amazonaws.com:sub": ["us-east-1:1"], "iot:ClientId": ["other"]])
        #expect(try publish("${cognito-identity.amazonaws.com:sub}", "us-east-1:1", context))
        #expect(try publish("${iot:ClientId}", "c", context))
        #expect(try !publish("${credentials-iot:ThingName}", "c", context))
    }

    private let certificate = CertificateContext(
        id: "abc", serialNumber: "10525622389124227206",
        subject: [
            "CommonName": ["cn"], "Organization": ["a", "b", "c", "d", "e", "f"], "SerialNumber": ["sn"],
            "Locality": ["here"], "Title": ["x*y"], "Surname": [String(repeating: "s", count: 1_025)],
            "GivenName": [String(repeating: "g", count: 1_024)], "Initials": ["A, B=C"],
            "State": ["ok", "n#t"],
        ],
        issuer: ["CommonName": ["root"]],
        subjectAlternativeNames: ["DNSName": ["d.example"], "IPAddress": ["192.0.2.1"]],
        issuerAlternativeNames: ["UniformResourceIdentifier": ["http://ca.example"]])

    @Test(
        "4.16, 4.20 certificate variables",
        arguments: [
            ("iot:CertificateId", "abc"), ("iot:Certificate.SerialNumber", "10525622389124227206"),
            ("iot:Certificate.Subject.CommonName", "cn"), ("iot:certificate.subject.commonname", "cn"),
            ("iot:Certificate.Subject.SerialNumber", "sn"), ("iot:Certificate.Issuer.CommonName", "root"),
            ("iot:Certificate.Subject.AlternativeName.DNSName", "d.example"),
            ("iot:Certificate.Subject.AlternativeName.IPAddress", "192.0.2.1"),
            ("iot:Certificate.Issuer.AlternativeName.UniformResourceIdentifier", "http://ca.example"),
            ("iot:Certificate.Subject.Organization", "a"), ("iot:Certificate.Subject.Organization.1", "b"),
            ("iot:Certificate.Subject.Organization.4", "e"),
            ("iot:Certificate.Subject.GivenName", String(repeating: "g", count: 1_024)),
        ])
    func certificateVariables(name: String, value: String) throws {
        #expect(try publish("${\(name)}", value, connected(as: "c", nil, .mqtt, certificate)))
        #expect(try publish("${\(name)}", value, connected(as: nil, nil, .http, certificate)))
    }

    @Test(
        "4.16, 4.17, 4.18 what never has a value: unknown names, indices beyond, wildcards, too long",
        arguments: [
            "Subject.Locality", "Subject.Organization.5", "Subject.Organization.0", "Subject.Organization.01",
            "Subject.CommonName.1", "Subject.Organization.x", "Subject.Title", "Subject.Surname",
            "Subject.State.1",
            "Subject.Country", "Subject", "Subject.AlternativeName", "Subject.AlternativeName.RFC822Name",
            "Holder.CommonName",
        ])
    func noCertificateValue(name: String) throws {
        let text = statement("Allow", "iot:Publish", on: ["@topic/${iot:Certificate.\(name)}*"])
        let context = connected(as: "c", nil, .mqtt, certificate)
        for topic in ["", "here", "f", "x*y", "xay", "n#t", "a"] {
            #expect(try decide(text, "iot:Publish", "@topic/\(topic)", context) == .implicitDeny)
        }
    }

    @Test("4.17 .List holds at most five values, for set operators")
    func list() throws {
        let context = connected(as: "c", nil, .mqtt, certificate)
        let key = "iot:Certificate.Subject.Organization.List"
        #expect(try holds("{\"ForAnyValue:StringEquals\": {\"\(key)\": \"e\"}}", context))
        #expect(try !holds("{\"ForAnyValue:StringEquals\": {\"\(key)\": \"f\"}}", context))
        #expect(
            try holds(
                "{\"ForAllValues:StringEquals\": {\"\(key)\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}}", context)
        )
        #expect(
            try !holds("{\"ForAllValues:StringEquals\": {\"\(key)\": [\"a\", \"b\", \"c\", \"d\"]}}", context)
        )
    }

    @Test("4.18 a condition sees no value with a wildcard, or sees it by a switch; lists keep it")
    func unusableValues() throws {
        let context = connected(as: "c", nil, .mqtt, certificate)
        let condition = "{\"StringEquals\": {\"iot:Certificate.Subject.Title\": \"x*y\"}}"
        #expect(try !holds(condition, context))
        #expect(try holds("{\"Null\": {\"iot:Certificate.Subject.Title\": \"true\"}}", context))
        var options = PolicyOptions.default
        options.unusableCertificateValue = .comparable
        #expect(try holds(condition, context, options: options))
        #expect(try !publish("${iot:Certificate.Subject.Title}", "x*y", context, options: options))
        #expect(
            try !holds(
                "{\"ForAllValues:StringEquals\": {\"iot:Certificate.Subject.State.List\": \"ok\"}}", context))
    }

    @Test("4.19 special characters carry a backslash, in conditions and resources; by a switch they do not")
    func escapes() throws {
        let context = connected(as: "c", nil, .mqtt, certificate)
        let key = "iot:Certificate.Subject.Initials"
        #expect(try holds("{\"StringEquals\": {\"\(key)\": \"A\\\\, B\\\\=C\"}}", context))
        #expect(try publish("${\(key)}", "A\\, B\\=C", context))
        var options = PolicyOptions.default
        options.escapesCertificateValues = false
        #expect(try holds("{\"StringEquals\": {\"\(key)\": \"A, B=C\"}}", context, options: options))
    }

    @Test("4.16 AvailableKeys names the variables that have values")
    func availableKeys() throws {
        let context = connected(as: "c", nil, .mqtt, certificate)
        let key = "iot:Certificate.AvailableKeys"
        for name in [
            "iot:Certificate.Subject.CommonName", "iot:Certificate.Subject.Organization.4",
            "iot:CertificateId",
        ] {
            #expect(try holds("{\"ForAnyValue:StringEquals\": {\"\(key)\": \"\(name)\"}}", context))
        }
        for name in [
            "iot:Certificate.Subject.Title", "iot:Certificate.Subject.Country",
            "iot:Certificate.Subject.Organization.5",
        ] {
            #expect(try !holds("{\"ForAnyValue:StringEquals\": {\"\(key)\": \"\(name)\"}}", context))
        }
        #expect(try holds("{\"Null\": {\"\(key)\": \"true\"}}", connected(as: "c")))
    }

    @Test("4.20 presence can be demanded; 4.21 no certificate, no grant")
    func presence() throws {
        let condition = "{\"Null\": {\"iot:Certificate.SerialNumber\": \"false\"}}"
        #expect(try holds(condition, connected(as: "c", nil, .mqtt, certificate)))
        #expect(try !holds(condition, connected(as: "c")))
        #expect(try !publish("${iot:Certificate.Subject.CommonName}", "", connected(as: "c")))
    }
}
