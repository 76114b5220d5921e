import IoTPolicy
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Files of decided cases")
struct PolicyCasesTests {
    private static let arn = "arn:aws:iot:us-east-1:123456789012:"

    private func file(_ cases: String) -> String { "{\"formatVersion\": 1, \"cases\": [\(cases)]}" }

    private func item(_ policy: String, context: String, action: String, resource: String, expect: String)
        -> String
    {
        "{\"id\": \"i\", \"basis\": \"iot-doc\", \"why\": \"w\", \"policies\": [\(policy)], \"context\": \(context), \"request\": {\"action\": \"\(action)\", \"resource\": \"\(resource)\"}, \"expect\": \"\(expect)\"}"
    }

    private func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    @Test("every context field reaches its key")
    func context() throws {
        let context = """
            {"protocol": "mqtt", "clientId": "c", "thing": {"name": "c", "type": "T", "attributes": {"a": "1"}, "billingGroup": "b",
             "attached": true, "exclusive": false}, "certificate": {"id": "i", "serialNumber": "7", "subject": {"CommonName": "n",
             "Organization": ["o1", "o2"]}, "issuer": {"CommonName": "r"}, "san": {"DNSName": ["d"]}, "issuerSan": {"DNSName": ["e"]}},
             "sourceIp": "192.0.2.1", "domainName": "x", "time": "2026-01-01T00:00:00Z", "connectAttributes": ["LastWill"],
             "lastWillTopic": "\(Self.arn)topic/w", "messageTopic": "m", "includeSocketInformation": true, "sourceVpc": "v", "vpcSourceIp": "10.0.0.1"}
            """
        let conditions = """
            {"StringEquals": {"iot:ClientId": "c", "iot:Connection.Thing.ThingName": "c", "iot:Connection.Thing.ThingTypeName": "T",
             "iot:Connection.Thing.Attributes[a]": "1", "iot:CertificateId": "i", "iot:Certificate.SerialNumber": "7",
             "iot:Certificate.Subject.CommonName": "n", "iot:Certificate.Subject.Organization.1": "o2", "iot:Certificate.Issuer.CommonName": "r",
             "iot:Certificate.Subject.AlternativeName.DNSName": "d", "iot:Certificate.Issuer.AlternativeName.DNSName": "e", "aws:SourceIp": "192.0.2.1",
             "iot:DomainName": "x", "aws:EpochTime": "1767225600", "iot:Topic": "m", "iot:IncludeSocketInformation": "true", "aws:SourceVpc": "v",
             "aws:VpcSourceIp": "10.0.0.1"}, "ForAllValues:StringEquals": {"iot:ConnectAttributes": "LastWill"},
             "ArnEquals": {"iot:LastWillTopic": "\(Self.arn)topic/w"}}
            """
        let policy =
            "{\"Version\": \"2012-10-17\", \"Statement\": \(statement("Allow", "iot:Connect", on: ["*"], when: conditions))}"
        let cases = try PolicyCases(
            json: file(
                item(
                    policy, context: context, action: "iot:Connect", resource: "\(Self.arn)client/c",
                    expect: "allowed")))
        let report = cases.judge()
        #expect(report.allRight, "\(report)")
        #expect(report.tally[.allowed]?.right == 1)
        #expect(report.tallyByBasis["iot-doc"]?.total == 1)
    }

    @Test("policies as objects and as raw text, malformed ones included")
    func policies() throws {
        let good =
            "{\"Version\": \"2012-10-17\", \"Statement\": \(statement("Allow", "iot:Publish", on: ["@topic/a"]))}"
        let deny = "{\"Statement\": \(statement("Deny", "iot:Publish", on: ["@topic/a"]))}"
        let twice = "{\"Statement\": [], \"Statement\": []}"
        let http = "{\"protocol\": \"http\"}"
        func policyCase(_ policy: String, _ expect: String) -> String {
            item(policy, context: http, action: "iot:Publish", resource: "\(Self.arn)topic/a", expect: expect)
        }
        let cases = [
            policyCase(good, "allowed"), policyCase(quoted(good), "allowed"),
            policyCase("\(good), \(quoted(deny))", "explicitDeny"), policyCase("", "implicitDeny"),
            policyCase(twice, "malformed"), policyCase(quoted(twice), "malformed"),
            policyCase(quoted("not json"), "malformed"), policyCase("\(good), {}", "malformed"),
        ]
        let report = try PolicyCases(json: file(cases.joined(separator: ", "))).judge()
        #expect(report.allRight, "\(report)")
        #expect(report.total == 8)
    }

    @Test("a mismatch is reported with its reason")
    func mismatch() throws {
        let policy = "{\"Statement\": \(statement("Allow", "iot:Publish", on: ["@topic/a"]))}"
        let cases = try PolicyCases(
            json: file(
                item(
                    policy, context: "{}", action: "iot:Publish", resource: "\(Self.arn)topic/b",
                    expect: "allowed")))
        let report = cases.judge()
        #expect(!report.allRight)
        #expect(report.mismatches.first?.answer == .implicitDeny)
        #expect(report.description.contains("i: expected allowed, got implicitDeny"))
        #expect(report.description.contains("expected because: w"))
    }

    @Test(
        "a file that is no file of cases is refused with a place",
        arguments: [
            "", "[]", "{}", "{\"cases\": 1}", "{\"formatVersion\": 2, \"cases\": []}", "{\"cases\": [{}]}",
            "{\"cases\": [{\"expect\": \"maybe\"}]}",
        ])
    func refused(text: String) {
        #expect(throws: PolicyError.self) { try PolicyCases(json: text) }
    }

    @Test("a misspelled context field is refused, since it would silently be no value")
    func misspelled() {
        let text = file(
            item("", context: "{\"clientID\": \"c\"}", action: "a:b", resource: "*", expect: "implicitDeny"))
        #expect(throws: PolicyError.self) { try PolicyCases(json: text) }
    }

    private static let sharedFolder = getenv("DEVICE_GATEWAY_SHARED").map { String(cString: $0) }

    @Test(
        "the shared sample cases are answered as expected",
        .enabled(
            if: sharedFolder != nil,
            "set DEVICE_GATEWAY_SHARED to the folder that holds policy-cases-sample.json"))
    func sharedCases() throws {
        let path = (Self.sharedFolder ?? "") + "/policy-cases-sample.json"
        let stream = try #require(fopen(path, "rb"), "cannot open \(path)")
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
            bytes += buffer[..<count]
        }
        let report = try PolicyCases(utf8: bytes).judge()
        #expect(report.total > 0)
        #expect(report.allRight, "\(report)")
    }
}
