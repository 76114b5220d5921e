import Testing

@testable import X509Auth

@Suite("Provisioning parameters of a certificate")
struct CertificateParametersTests {
    @Test("every subject attribute that AWS IoT names, the first of each, and the id")
    func all() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: Forge.notBefore, notAfter: Forge.notAfter)
        let certificate = try authority.issueDevice(
            subject: DistinguishedName([
                .init(.country, "DE"), .init(.state, "Hesse"), .init(.organization, "Pumps"),
                .init(.organizationalUnit, "Line 1"), .init(.organizationalUnit, "Line 2"),
                .init(.distinguishedNameQualifier, "q"), .init(.serialNumber, "SN-1"),
                .init(.commonName, "pump-1"), .init(.title, "not offered"),
            ]), notBefore: Forge.notBefore
        ).certificate
        #expect(
            certificate.provisioningParameters == [
                "AWS::IoT::Certificate::Id": certificate.id.string,
                "AWS::IoT::Certificate::Country": "DE", "AWS::IoT::Certificate::StateName": "Hesse",
                "AWS::IoT::Certificate::Organization": "Pumps",
                "AWS::IoT::Certificate::OrganizationalUnit": "Line 1",
                "AWS::IoT::Certificate::DistinguishedNameQualifier": "q",
                "AWS::IoT::Certificate::SerialNumber": "SN-1", "AWS::IoT::Certificate::CommonName": "pump-1",
            ])
        #expect(Set(certificate.provisioningParameters.keys) == X509Certificate.provisioningParameterNames)
    }

    @Test("absent attributes have no entry")
    func absent() throws {
        let certificate = try ForgedAuthority().certificate
        #expect(
            Set(certificate.provisioningParameters.keys)
                == ["AWS::IoT::Certificate::Id", "AWS::IoT::Certificate::CommonName"])
    }
}
