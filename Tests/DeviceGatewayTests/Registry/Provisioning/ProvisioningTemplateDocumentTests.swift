import DeviceGateway
import Testing
import X509Auth

/// AWS IoT developer guide, "Provisioning templates".
@Suite struct ProvisioningTemplateDocumentTests {
    /// The guide's template for just-in-time provisioning, its policy shortened.
    static let justInTime = #"""
        {
          "Parameters": {
            "AWS::IoT::Certificate::CommonName": {"Type": "String"},
            "AWS::IoT::Certificate::SerialNumber": {"Type": "String"},
            "AWS::IoT::Certificate::Country": {"Type": "String", "Default": "US"},
            "AWS::IoT::Certificate::Id": {"Type": "String"}
          },
          "Resources": {
            "thing": {
              "Type": "AWS::IoT::Thing",
              "Properties": {
                "ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"},
                "AttributePayload": {"version": "v1", "serialNumber": {"Ref": "AWS::IoT::Certificate::SerialNumber"}},
                "ThingTypeName": "lightBulb-versionA",
                "ThingGroups": ["v1-lightbulbs", {"Ref": "AWS::IoT::Certificate::Country"}]
              },
              "OverrideSettings": {"AttributePayload": "MERGE", "ThingTypeName": "REPLACE", "ThingGroups": "DO_NOTHING"}
            },
            "certificate": {
              "Type": "AWS::IoT::Certificate",
              "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
              "OverrideSettings": {"Status": "DO_NOTHING"}
            },
            "policy": {
              "Type": "AWS::IoT::Policy",
              "Properties": {
                "PolicyDocument": "{ \"Version\": \"2012-10-17\", \"Statement\": [{ \"Effect\": \"Allow\", \"Action\":[\"iot:Publish\"], \"Resource\": [\"arn:aws:iot:us-east-1:123456789012:topic/foo/bar\"] }] }"
              }
            }
          }
        }
        """#

    static func template(
        name: String = #""t""#, certificate: String = #""CertificateId": "c""#, rest: String = "",
        parameters: String = #""P": {"Type": "String"}, "D": {"Type": "String", "Default": "d"}"#
    ) -> String {
        """
        {"Parameters": {\(parameters)}, "Resources": {
        "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": \(name)}},
        "certificate": {"Type": "AWS::IoT::Certificate", "Properties": {\(certificate)}}}\(rest)}
        """
    }

    static func name(
        _ expression: String, _ parameters: [String: String] = ["P": "p"], rest: String = ""
    ) throws -> String? {
        try ProvisioningTemplateDocument(json: template(name: expression, rest: rest))
            .evaluate(parameters: parameters).thing?.name
    }

    static func error(_ body: () throws(TemplateError) -> Void) -> TemplateError? {
        do { try body() } catch { return error }
        return nil
    }

    @Test func theGuidesTemplateComesToThingCertificateAndPolicy() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: 0, notAfter: 2_000_000_000)
        let certificate = try authority.issueDevice(
            subject: DistinguishedName([.init(.commonName, "bulb-7"), .init(.serialNumber, "SN7")]),
            notBefore: 0
        ).certificate
        let plan = try ProvisioningTemplateDocument(json: Self.justInTime).evaluate(for: certificate)
        let thing = try #require(plan.thing)
        #expect(thing.name == "bulb-7")
        #expect(thing.typeName == "lightBulb-versionA")
        #expect(thing.attributes == ["version": "v1", "serialNumber": "SN7"])
        #expect(thing.groups == ["v1-lightbulbs", "US"])
        #expect(thing.attributesOverride == .merge)
        #expect(thing.typeOverride == .replace)
        #expect(thing.groupsOverride == .doNothing)
        #expect(plan.certificate.source == .id(certificate.id.string))
        #expect(plan.certificate.status == .active)
        #expect(!plan.certificate.isExclusive)
        guard case .document(let name, let text)? = plan.policies.first, plan.policies.count == 1 else {
            Issue.record("\(plan.policies)")
            return
        }
        #expect(name.count == 64)
        #expect(text.hasPrefix("{ \"Version\""))
        #expect(plan.deviceConfiguration == nil)
    }

    @Test func aFieldThatTheCertificateLacksFailsProvisioning() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: 0, notAfter: 2_000_000_000)
        let certificate = try authority.issueDevice(commonName: "bulb-7", notBefore: 0).certificate
        let document = try ProvisioningTemplateDocument(json: Self.justInTime)
        let error = Self.error { () throws(TemplateError) in _ = try document.evaluate(for: certificate) }
        #expect(error?.code == .missingParameter)
        #expect(error?.path == "Resources.thing.Properties.AttributePayload.serialNumber.Ref")
        #expect(error?.message.contains("SerialNumber") == true)
    }

    @Test func aTemplateForAnotherCertificateIsNotTheDevices() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: 0, notAfter: 2_000_000_000)
        let certificate = try authority.issueDevice(commonName: "d", notBefore: 0).certificate
        let document = try ProvisioningTemplateDocument(json: Self.template())
        let error = Self.error { () throws(TemplateError) in _ = try document.evaluate(for: certificate) }
        #expect(error?.code == .invalidValue)
    }

    @Test(arguments: [
        (#""literal""#, "literal"),
        (#"{"Ref": "P"}"#, "p"),
        (#"{"Ref": "D"}"#, "d"),
        (#"{"Ref": "AWS::IoT::Certificate::CommonName"}"#, "cn"),
        (#"{"Fn::Join": ["", ["a-", {"Ref": "P"}]]}"#, "a-p"),
        (#"{"Fn::Join": [":", []]}"#, ""),
        (#"{"Fn::Join": ["_", {"Fn::Split": ["|", "a||b"]}]}"#, "a__b"),
        (#"{"Fn::Select": ["1", ["x", "y"]]}"#, "y"),
        (#"{"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "P"}]}]}"#, "p"),
        (#"{"Fn::Sub": "x-${P}-${D}"}"#, "x-p-d"),
        (#"{"Fn::Sub": ["${V}${V}$", {"V": {"Ref": "D"}}]}"#, "dd$"),
        (#"{"Fn::Sub": ["${P}", {"P": "mine"}]}"#, "mine"),
        (#"{"Fn::Sub": "${!iot:ClientId}"}"#, "${iot:ClientId}"),
        (#"{"Fn::FindInMap": ["M", {"Ref": "P"}, "k"]}"#, "found"),
        (#"{"Fn::Select": [1, {"Fn::FindInMap": ["M", "p", "list"]}]}"#, "two"),
    ])
    func intrinsicFunctions(_ expression: String, _ expected: String) throws {
        let mappings = #", "Mappings": {"M": {"p": {"k": "found", "list": ["one", "two"]}}}"#
        let value = try Self.name(
            expression, ["P": "p", "AWS::IoT::Certificate::CommonName": "cn"], rest: mappings)
        #expect(value == expected)
    }

    @Test func aGivenValueComesBeforeTheDefault() throws {
        #expect(try Self.name(#"{"Ref": "D"}"#, ["D": "given"]) == "given")
    }

    /// A value is never read as a template again: a device's name cannot refer to anything.
    @Test func valuesAreSubstitutedOnce() throws {
        #expect(try Self.name(#"{"Fn::Sub": "${P}"}"#, ["P": "${D}"]) == "${D}")
    }

    @Test(arguments: [
        (#"{"Ref": "Q"}"#, TemplateError.Code.unknownReference, "Ref"),
        (#"{"Ref": "AWS::IoT::Certificate::Colour"}"#, .unknownReference, "Ref"),
        (#"{"Ref": ["P"]}"#, .wrongType, "Ref"),
        (#"{"Fn::Sub": "${Q}"}"#, .unknownReference, "Fn::Sub"),
        (#"{"Fn::Sub": "${P"}"#, .invalidValue, "Fn::Sub"),
        (#"{"Fn::Sub": "${}"}"#, .invalidValue, "Fn::Sub"),
        (#"{"Fn::Nonsense": "x"}"#, .unknownKey, "Fn::Nonsense"),
        (#"{"Fn::Join": ["x"]}"#, .wrongType, "Fn::Join"),
        (#"{"Fn::Join": ["", ["a", {"Ref": "Q"}]]}"#, .unknownReference, "Fn::Join[1][1].Ref"),
        (#"{"Fn::Join": ["", "a"]}"#, .wrongType, "Fn::Join[1]"),
        (#"{"Ref": "P", "x": 1}"#, .conflict, ""),
        (#"{"x": 1}"#, .wrongType, ""),
        ("7", .wrongType, ""), ("null", .wrongType, ""), (#"["a"]"#, .wrongType, ""),
    ])
    func badExpressionsNameTheirPlace(
        _ expression: String, _ code: TemplateError.Code, _ place: String
    ) {
        let error = Self.error { () throws(TemplateError) in
            _ = try ProvisioningTemplateDocument(json: Self.template(name: expression))
        }
        #expect(error?.code == code)
        let path = "Resources.thing.Properties.ThingName"
        #expect(error?.path == (place.isEmpty ? path : "\(path).\(place)"))
    }

    @Test(arguments: [
        (#"{"Fn::Select": ["2", ["x", "y"]]}"#, TemplateError.Code.invalidValue),
        (#"{"Fn::Select": ["-1", ["x"]]}"#, .invalidValue),
        (#"{"Fn::Select": [1e9, ["x"]]}"#, .invalidValue),
        (#"{"Fn::Select": [0, {"Ref": "P"}]}"#, .wrongType),
        (#"{"Fn::Split": [",", {"Ref": "P"}]}"#, .wrongType),
        (#"{"Fn::Join": ["", {"Fn::Split": ["", "x"]}]}"#, .invalidValue),
        (#"{"Fn::FindInMap": ["N", "a", "b"]}"#, .unknownReference),
    ])
    func expressionsThatComeToNothing(_ expression: String, _ code: TemplateError.Code) {
        let error = Self.error { () throws(TemplateError) in
            _ = try ProvisioningTemplateDocument(json: Self.template(name: expression))
                .evaluate(parameters: ["P": "p"])
        }
        #expect(error?.code == code)
        #expect(error?.path.hasPrefix("Resources.thing.Properties.ThingName") == true)
    }

    @Test(arguments: [
        (#"{"Resources": {}}"#, TemplateError.Code.missingKey, "Resources"),
        ("{}", .missingKey, "the template"), ("[]", .wrongType, "the template"),
        ("", .notJSON, "the template"), (#"{"a": 1, "a": 2}"#, .notJSON, "the template"),
        (String(repeating: "[", count: 10_000), .notJSON, "the template"),
        (String(repeating: " ", count: 10_241), .tooLarge, "the template"),
        (template(rest: #", "Outputs": {}"#), .unknownKey, "Outputs"),
        (template(rest: #", "DeviceConfiguration": []"#), .wrongType, "DeviceConfiguration"),
        (template(rest: #", "Mappings": {"M": {"a": {"b": 1}}}"#), .wrongType, "Mappings.M.a.b"),
        (template(parameters: #""P": {"Type": "Number"}"#), .invalidValue, "Parameters.P.Type"),
        (template(parameters: #""P": {"Type": "String", "Default": 1}"#), .wrongType, "Parameters.P.Default"),
        (template(parameters: #""P": {"Type": "String", "X": 1}"#), .unknownKey, "Parameters.P.X"),
        (template(certificate: ""), .conflict, "Resources.certificate.Properties"),
        (
            template(certificate: #""CertificateId": "a", "CertificatePem": "b""#), .conflict,
            "Resources.certificate.Properties"
        ),
        (
            template(certificate: #""CertificateId": "a", "CACertificatePem": "b""#), .conflict,
            "Resources.certificate.Properties.CACertificatePem"
        ),
        (
            template(certificate: #""CertificateId": "a", "Colour": "b""#), .unknownKey,
            "Resources.certificate.Properties.Colour"
        ),
    ])
    func badTemplatesNameTheirPlace(_ json: String, _ code: TemplateError.Code, _ path: String) {
        let error = Self.error { () throws(TemplateError) in _ = try ProvisioningTemplateDocument(json: json)
        }
        #expect(error?.code == code)
        #expect(error?.path == path)
    }

    static func resource(_ type: String, _ properties: String, overrides: String? = nil) -> String {
        let settings = overrides.map { #", "OverrideSettings": {\#($0)}"# } ?? ""
        return
            #"{"Resources": {"c": {"Type": "AWS::IoT::Certificate", "Properties": {"CertificateId": "c"}}, "#
            + #""r": {"Type": "\#(type)", "Properties": {\#(properties)}\#(settings)}}}"#
    }

    @Test(arguments: [
        (resource("AWS::IoT::Role", ""), TemplateError.Code.invalidValue, "Resources.r.Type"),
        (resource("AWS::IoT::Certificate", #""CertificateId": "c""#), .conflict, "Resources.r"),
        (resource("AWS::IoT::Policy", ""), .conflict, "Resources.r.Properties"),
        (
            resource("AWS::IoT::Policy", #""PolicyName": "a", "PolicyDocument": "b""#), .conflict,
            "Resources.r.Properties"
        ),
        (
            resource("AWS::IoT::Policy", #""PolicyName": "a""#, overrides: #""x": "FAIL""#), .unknownKey,
            "Resources.r.OverrideSettings"
        ),
        (
            resource("AWS::IoT::Thing", #""ThingName": "a""#, overrides: #""ThingTypeName": "MERGE""#),
            .invalidValue, "Resources.r.OverrideSettings.ThingTypeName"
        ),
        (
            resource("AWS::IoT::Thing", #""ThingName": "a""#, overrides: #""Status": "FAIL""#), .unknownKey,
            "Resources.r.OverrideSettings.Status"
        ),
        (resource("AWS::IoT::Thing", ""), .missingKey, "Resources.r.Properties"),
        (
            resource("AWS::IoT::Thing", #""ThingName": "a", "AttributePayload": ["x"]"#), .wrongType,
            "Resources.r.Properties.AttributePayload"
        ),
    ])
    func badResourcesNameTheirPlace(_ json: String, _ code: TemplateError.Code, _ path: String) {
        let error = Self.error { () throws(TemplateError) in _ = try ProvisioningTemplateDocument(json: json)
        }
        #expect(error?.code == code)
        #expect(error?.path == path)
    }

    @Test func certificatesByRequestAndByPEM() throws {
        let request = try ProvisioningTemplateDocument(
            json: Self.template(
                certificate:
                    #""CertificateSigningRequest": {"Ref": "P"}, "Status": "Active", "ThingPrincipalType": "EXCLUSIVE_THING""#
            )
        ).evaluate(parameters: ["P": "csr"]).certificate
        #expect(request.source == .signingRequest("csr"))
        #expect(request.status == .active)
        #expect(request.isExclusive)
        let pem = try ProvisioningTemplateDocument(
            json: Self.template(
                certificate: #""CertificatePem": "p", "CACertificatePem": "a", "Status": "INACTIVE""#)
        ).evaluate(parameters: [:]).certificate
        #expect(pem.source == .pem("p", authority: "a"))
        #expect(pem.status == .inactive)
    }

    @Test(arguments: ["REVOKED", "PENDING_ACTIVATION", "", "active "])
    func statusesThatATemplateCannotGive(_ status: String) {
        let error = Self.error { () throws(TemplateError) in
            _ = try ProvisioningTemplateDocument(
                json: Self.template(certificate: #""CertificateId": "c", "Status": "\#(status)""#)
            ).evaluate(parameters: [:])
        }
        #expect(error?.code == .invalidValue)
        #expect(error?.path == "Resources.certificate.Properties.Status")
    }

    @Test func aPolicyDocumentThatIsNoneIsRefused() {
        let error = Self.error { () throws(TemplateError) in
            _ = try ProvisioningTemplateDocument(
                json: Self.resource("AWS::IoT::Policy", #""PolicyDocument": "{}""#)
            ).evaluate(parameters: [:])
        }
        #expect(error?.code == .malformedPolicy)
        #expect(error?.path == "Resources.r.Properties.PolicyDocument")
    }

    @Test func theDeviceConfigurationIsEvaluatedAndKept() throws {
        let configuration = try ProvisioningTemplateDocument(
            json: Self.template(
                rest:
                    #", "DeviceConfiguration": {"url": {"Fn::Sub": "https://${P}"}, "n": [1, true, null, "\"\u0001"]}"#
            )
        ).evaluate(parameters: ["P": "host"]).deviceConfiguration
        #expect(configuration == #"{"url":"https://host","n":[1,true,null,"\"\u0001"]}"#)
    }

    /// Each level doubles the text: 2^30 bytes from 2 KB of template.
    @Test func textThatGrowsWithoutBoundIsRefused() {
        var expression = #""xxxxxxxxxxxxxxxx""#
        for _ in 0..<8 {
            expression = #"{"Fn::Sub": ["\#(String(repeating: "${a}", count: 16))", {"a": \#(expression)}]}"#
        }
        let error = Self.error { () throws(TemplateError) in
            _ = try ProvisioningTemplateDocument(json: Self.template(name: expression)).evaluate(
                parameters: [:])
        }
        #expect(error?.code == .tooLarge)
    }
}
