import IoTPolicy
import Testing

@testable import DeviceGateway

/// Whether a certificate has to be parsed for a set of policies.
struct PolicySetCertificateTests {
    static let client = "arn:aws:iot:us-east-1:123456789012:client/"

    static func set(resource: String = "*", condition: String = "{}") throws -> PolicySet {
        PolicySet([
            NamedPolicy(
                name: "p",
                document: try PolicyDocument(
                    json: """
                        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect",
                         "Resource": "\(resource)", "Condition": \(condition)}]}
                        """))
        ])
    }

    @Test(arguments: [
        ("*", false), ("${iot:Connection.Thing.ThingName}", false), ("iot-certificate.x", false),
        ("${iot:Certificate.Subject.CommonName}", true), ("${IOT:CERTIFICATE.Issuer.Country}", true),
        ("i${iot:Certificate.SerialNumber}", true),
    ])
    func inResources(name: String, isRead: Bool) throws {
        #expect(try Self.set(resource: Self.client + name).readsCertificate == isRead)
    }

    @Test func inConditions() throws {
        #expect(
            try Self.set(
                condition: #"{"StringEquals": {"iot:Certificate.Subject.CommonName": "a"}}"#
            ).readsCertificate)
        #expect(
            try Self.set(
                condition: #"{"StringEquals": {"iot:ClientId": "${iot:Certificate.Subject.CommonName}"}}"#
            ).readsCertificate)
        #expect(
            try !Self.set(condition: #"{"Bool": {"iot:Connection.Thing.IsAttached": "true"}}"#)
                .readsCertificate)
    }
}
