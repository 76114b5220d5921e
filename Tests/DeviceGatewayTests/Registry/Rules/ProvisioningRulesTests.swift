import DeviceGateway
import Testing
import X509Auth

/// Just-in-time registration and provisioning (AWS IoT Developer Guide: "auto-register-device-cert",
/// "jit-provisioning", "provision-template").
@Suite struct ProvisioningRulesTests {
    /// A template that names the thing by the common name.
    static func template(
        thing: String = "", override: String = "", policies: String = "", certificate: String = ""
    ) -> String {
        """
        {"Parameters": {"AWS::IoT::Certificate::CommonName": {"Type": "String"},
                        "AWS::IoT::Certificate::Country": {"Type": "String"},
                        "AWS::IoT::Certificate::Id": {"Type": "String"}},
         "Resources": {
           "thing": {"Type": "AWS::IoT::Thing",
             "Properties": {"ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"}\(thing)}\(override)},
           "certificate": {"Type": "AWS::IoT::Certificate",
             "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}\(certificate)}}\(policies)}}
        """
    }

    private static let inlinePolicy = #"""
        , "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument":
            "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iot:Publish\", \"Resource\": \"*\"}]}"}},
          "named": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "p"}}
        """#

    private let registry: DeviceRegistry
    private let authority: TestAuthority

    init() async throws {
        registry = try await emptyRegistry()
        authority = try TestAuthority()
        try await registry.putPolicy(name: "p", text: policyText())
    }

    private func register(_ way: AutoRegistration, mode: CertificateMode = .standard) async throws {
        try await registry.registerAuthority(
            certificate: authority.certificate, mode: mode, autoRegistration: way, now: registrationTime)
    }

    private func provision(_ template: String, _ name: String = "lamp") async throws -> CertificateRecord {
        try await register(.template(try ProvisioningTemplateDocument(json: template)))
        return try await registry.admitFirstSight(
            try authority.device(name), authority: authority.id, now: registrationTime)
    }

    private func failure(_ template: String) async -> RegistryError.Code? {
        await refusal { _ = try await provision(template) }
    }

    @Test func registrationAloneIsPendingActivation() async throws {
        try await register(.pendingActivation, mode: .sniOnly)
        let certificate = try authority.device("lamp")
        let record = try await registry.admitFirstSight(
            certificate, authority: authority.id, now: registrationTime + 5)
        #expect(record.status == .pendingActivation && record.mode == .sniOnly)
        #expect(record.authority == authority.id && record.registeredAt == registrationTime + 5)
        #expect(registry.allThings.isEmpty && registry.policies(attachedTo: record.id).isEmpty)
        #expect(try await registry.setStatus(of: record.id, to: .active).status == .active)
    }

    @Test func aTemplateMakesThingAndPolicies() async throws {
        let record = try await provision(
            Self.template(
                thing: #", "ThingTypeName": "light", "AttributePayload": {"floor": "2"}"#,
                policies: Self.inlinePolicy))
        #expect(record.status == .active && record.authority == authority.id)
        #expect(
            registry.things(attachedTo: record.id)
                == [ThingRecord(name: "lamp", typeName: "light", attributes: ["floor": "2"])])
        let policies = registry.policies(attachedTo: record.id)
        #expect(policies.count == 2 && policies.contains { $0.name == "p" })
        #expect(!registry.hasExclusiveThing(record.id))
        // The next device shares the policy that the document made.
        let next = try await registry.admitFirstSight(
            try authority.device("lamp-2"), authority: authority.id, now: registrationTime)
        #expect(registry.policies(attachedTo: next.id) == policies)
        #expect(registry.allPolicies.count == 2)
    }

    /// Whoever chooses a name must not choose rights with it.
    @Test(arguments: [
        "*", "lamp?", "${iot:ClientId}", "#", "+", #"a\b"#,
        #"a"}, {"Effect": "Allow", "Action": "iot:*", "Resource": "*"#,
    ])
    func aCommonNameDoesNotWriteThePolicy(_ name: String) async throws {
        let template = #"""
            {"Parameters": {"AWS::IoT::Certificate::CommonName": {"Type": "String"},
                            "AWS::IoT::Certificate::Id": {"Type": "String"}, "any": {"Type": "String", "Default": "*"}},
             "Resources": {
               "certificate": {"Type": "AWS::IoT::Certificate",
                 "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}}},
               "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": {"Fn::Sub":
                 "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iot:Connect\", \"Resource\": \"arn:aws:iot:us-east-1:123456789012:client/${AWS::IoT::Certificate::CommonName}-${any}\"}]}"}}}}}
            """#
        #expect(await refusal { _ = try await provision(template, name) } == .invalidTemplate)
        #expect(registry.certificateCount == 0 && registry.allPolicies.count == 1)
        // The template's own words may say anything.
        #expect(try await provision(template, "lamp").status == .active)
    }

    @Test func aTemplateCanMakeTheThingExclusive() async throws {
        let record = try await provision(
            Self.template(certificate: #", "ThingPrincipalType": "EXCLUSIVE_THING", "Status": "INACTIVE""#))
        #expect(registry.hasExclusiveThing(record.id))
        #expect(record.status == .inactive)
    }

    @Test(arguments: [
        ("", ["floor": "1"], "old"),
        (#", "OverrideSettings": {"AttributePayload": "MERGE"}"#, ["floor": "1", "room": "4"], "old"),
        (
            #", "OverrideSettings": {"AttributePayload": "REPLACE", "ThingTypeName": "REPLACE"}"#,
            ["room": "4"], "new"
        ),
    ])
    func overrideSettingsDecideAboutAThingThatExists(
        _ override: String, _ attributes: [String: String], _ type: String
    ) async throws {
        try await registry.createThing(
            ThingRecord(name: "lamp", typeName: "old", attributes: ["floor": "1"]))
        let record = try await provision(
            Self.template(
                thing: #", "ThingTypeName": "new", "AttributePayload": {"room": "4"}"#, override: override))
        #expect(
            registry.things(attachedTo: record.id)
                == [ThingRecord(name: "lamp", typeName: type, attributes: attributes)])
    }

    /// A failure changes nothing at all.
    @Test func whatFailsLeavesNothingBehind() async throws {
        try await registry.createThing(ThingRecord(name: "lamp", typeName: "old"))
        let templates = [
            Self.template(
                thing: #", "ThingTypeName": "new""#,
                override: #", "OverrideSettings": {"ThingTypeName": "FAIL"}"#),
            Self.template(
                thing: #", "AttributePayload": {"country": {"Ref": "AWS::IoT::Certificate::Country"}}"#),
            Self.template(thing: #", "ThingGroups": ["g"]"#),
            Self.template(
                thing: #", "AttributePayload": {"a": "not acceptable"}"#,
                override: #", "OverrideSettings": {"AttributePayload": "REPLACE"}"#),
        ]
        for template in templates { #expect(await failure(template) != nil, "\(template)") }
        let missing = #", "absent": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "missing"}}"#
        #expect(await failure(Self.template(policies: Self.inlinePolicy + missing)) == .notFound)
        #expect(registry.certificateCount == 0)
        #expect(registry.allPolicies.map(\.name) == ["p"])
        #expect(registry.allThings == [ThingRecord(name: "lamp", typeName: "old")])
    }

    @Test func anInactiveAuthorityRegistersNobody() async throws {
        try await register(.pendingActivation)
        try await registry.setAuthority(authority.id, isActive: false)
        #expect(
            await refusal {
                try await registry.admitFirstSight(
                    try authority.device("lamp"), authority: authority.id, now: registrationTime)
            } == .notAdmitted)
    }
}
