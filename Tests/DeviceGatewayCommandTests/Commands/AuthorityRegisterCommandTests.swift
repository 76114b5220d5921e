import Testing
import X509Auth

@testable import device_gateway

@Suite("Registering an authority")
struct AuthorityRegisterCommandTests {
    @Test("A file without a certificate is named, and what it should hold")
    func noCertificate() {
        #expect {
            _ = try AuthorityRegisterCommand.certificate("nonsense", file: "factory.pem")
        } throws: {
            "\($0)".hasPrefix("factory.pem holds no certificate") && "\($0)".contains("BEGIN CERTIFICATE")
        }
    }

    @Test("How far trust goes is said")
    func reach() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Factory", organization: nil, notBefore: 1_800_000_000, notAfter: 2_524_607_999)
        let reach = AuthorityRegisterCommand.reach(of: authority.certificate)
        #expect(reach.hasPrefix("valid to 2049-12-31T23:59:59Z, with "))
        #expect(reach.hasSuffix("below it"))
        #expect(reach.contains("intermediate"))
    }
}
