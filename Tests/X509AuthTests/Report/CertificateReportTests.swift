import Testing

@testable import X509Auth

@Suite("Certificate report")
struct CertificateReportTests {
    private func report(now: Int64 = Forge.now, _ change: (inout Forge) -> Void = { _ in }) throws
        -> CertificateReport
    {
        var forge = Forge()
        change(&forge)
        return CertificateReport(try X509Certificate(der: forge.unsigned), now: now)
    }

    @Test("a good device certificate, line by line")
    func device() throws {
        let report = try report {
            $0.extensions = [
                Forge.digitalSignature, Forge.extendedKeyUsage(Forge.clientAuth),
                Forge.alternativeNames(
                    DER.tlv(0x82, Array("a.example".utf8)), DER.tlv(0x87, [192, 0, 2, 1])),
            ]
        }
        let id = CertificateID(
            der: {
                var forge = Forge()
                forge.extensions = [
                    Forge.digitalSignature, Forge.extendedKeyUsage(Forge.clientAuth),
                    Forge.alternativeNames(
                        DER.tlv(0x82, Array("a.example".utf8)), DER.tlv(0x87, [192, 0, 2, 1])),
                ]
                return forge.unsigned
            }())
        #expect(
            report.text == """
                Certificate ID  \(id)
                Subject         CN=device
                Issuer          CN=Authority
                Serial number   11
                Valid from      2025-01-01T00:00:00Z
                Valid to        2035-01-01T00:00:00Z (1826 days left)
                Key             ECDSA P-256
                Signature       ecdsa-with-SHA256
                Role            end entity
                Key usage       digitalSignature
                Extended usage  clientAuth
                Also named      DNS:a.example
                                IP:192.0.2.1

                """)
    }

    @Test("warnings say what follows")
    func warnings() throws {
        #expect(try report().warnings.isEmpty)
        #expect(try report(now: Forge.notAfter + 1).warnings.contains { $0.hasPrefix("expired") })
        #expect(try report(now: Forge.notAfter).warnings.contains { $0.contains("within 30 days") })
        #expect(try report(now: Forge.notBefore - 1).warnings.contains { $0.hasPrefix("not valid yet") })
        #expect(
            try report { $0.publicKey = Forge.rsaKey(bits: 1024) }.warnings.contains {
                $0.contains("RSA 1024 bits")
            })
        #expect(
            try report { $0.subject = DER.sequence() }.warnings.contains { $0.contains("no common name") })
        #expect(
            try report { $0.subject = DER.commonName("a+b") }.warnings.contains {
                $0.contains("policy variables do not take")
            })
        #expect(try report { $0.version = [] }.warnings.contains { $0.hasPrefix("version 1") })
        #expect(
            try report { $0.serial = DER.tlv(0x02, [0]) }.warnings.contains { $0.contains("serial number") })
        #expect(
            try report { $0.extensions = [Forge.basicConstraints(authority: true)] }.warnings.contains {
                $0.contains("no subject key identifier")
            })
        #expect(
            try report {
                $0.extensions = [Forge.basicConstraints(authority: true), Forge.digitalSignature]
            }.warnings.contains { $0.contains("cannot be registered as an authority") })
    }

    @Test("a made authority, its devices and servers have no warnings")
    func made() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: Forge.notBefore, notAfter: Forge.notAfter)
        let device = try authority.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        let server = try authority.issueServer(
            commonName: "s", dnsNames: ["s.example"], notBefore: Forge.notBefore, notAfter: Forge.notAfter
        ).certificate
        for certificate in [authority.certificate, device, server] {
            #expect(CertificateReport(certificate, now: Forge.now).warnings.isEmpty)
        }
        #expect(CertificateReport(authority.certificate, now: Forge.now).text.contains("path length 0"))
    }

    @Test("nothing a certificate says reaches the terminal as a control")
    func escaping() throws {
        let text = try report {
            $0.subject = DER.commonName("\u{1b}]0;title\u{07}\r\nIssuer  me")
            $0.extensions = [
                Forge.alternativeNames(DER.tlv(0x86, Array("urn:\u{1b}[31m".utf8)))
            ]
        }.text
        #expect(!text.unicodeScalars.contains { $0 != "\n" && PrintableText.isInvisible($0) })
        #expect(!text.contains("\nIssuer  me"))
    }
}
