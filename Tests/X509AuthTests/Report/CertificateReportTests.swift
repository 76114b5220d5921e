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
                Version         3
                Valid from      2025-01-01T00:00:00Z
                Valid to        2035-01-01T00:00:00Z (1826 days left)
                Key             ECDSA P-256
                Signature       ecdsa-with-SHA256
                Role            end entity
                Key usage       digitalSignature
                Extended usage  clientAuth
                Also named      DNS:a.example
                                IP:192.0.2.1
                Warning: no authority key identifier; if several authorities have its issuer's name, which one \
                signed it is found by trial

                """)
    }

    @Test("warnings say what follows")
    func warnings() throws {
        #expect(
            try report { $0.extensions = [Forge.authorityKeyIdentifier([1, 2])] }.warnings.isEmpty)
        #expect(try report().warnings.map { $0.prefix(27) } == ["no authority key identifier"])
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

    @Test("each oddity has its own warning")
    func oddities() throws {
        let oddities: [(String, (inout Forge) -> Void)] = [
            ("negative", { $0.serial = DER.tlv(0x02, [0x80, 1]) }),
            ("1 to 20 octets", { $0.serial = DER.tlv(0x02, [UInt8](repeating: 1, count: 21)) }),
            ("cannot name a thing", { $0.subject = DER.commonName("a b") }),
            ("cannot name a thing", { $0.subject = DER.commonName(String(repeating: "a", count: 129)) }),
            ("issued by itself", { $0.issuer = $0.subject }),
            (
                "O more than once",
                {
                    $0.subject = DER.name(
                        ("2.5.4.10", DER.utf8("a")), ("2.5.4.10", DER.utf8("b")), ("2.5.4.3", DER.utf8("d")))
                }
            ),
            ("BMPString", { $0.subject = DER.name(("2.5.4.3", DER.tlv(0x1e, [0, 0x64]))) }),
            ("TeletexString", { $0.subject = DER.name(("2.5.4.3", DER.tlv(0x14, [0x64]))) }),
            ("too weak", { $0.algorithm = Forge.ecdsaSHA1 }),
            ("not for TLS clients", { $0.extensions = [Forge.extendedKeyUsage(Forge.anyUsage)] }),
        ]
        let plain = try report().warnings
        for (words, change) in oddities {
            let found = try report(change).warnings.filter { $0.contains(words) }
            #expect(found.count == 1, "\(words)")
            #expect(plain.allSatisfy { !$0.contains(words) }, "\(words)")
        }
    }

    @Test("a private key of another certificate is noticed")
    func key() throws {
        let certificate = try X509Certificate(der: Forge().unsigned)
        for (matches, count) in [(true, 0), (false, 1), (nil, 0)] as [(Bool?, Int)] {
            let report = CertificateReport(certificate, now: Forge.now, keyMatches: matches)
            #expect(report.warnings.filter { $0.contains("private key belongs to another") }.count == count)
        }
    }

    @Test("every extension has a line, critical ones marked; unknown ones are shown as octets")
    func extensions() throws {
        let uri = DER.tlv(0x86, Array("http://crl.example/1".utf8))
        let text = try report {
            $0.extensions = [
                DER.extension("2.5.29.31", DER.sequence(DER.sequence(DER.explicit(0, DER.explicit(0, uri))))),
                DER.extension("2.5.29.32", DER.sequence(DER.sequence(DER.oid("1.2.3.4")))),
                DER.extension("1.2.3.9", DER.octets([0xde, 0xad])),
                Forge.subjectKeyIdentifier([1, 2]), Forge.authorityKeyIdentifier([3, 4]),
            ]
        }.text
        for line in [
            "Extension        cRLDistributionPoints: http://crl.example/1",
            "certificatePolicies: 1.2.3.4", "1.2.3.9: 04:02:de:ad", "Key ID           01:02",
            "Issuer's key ID  03:04",
        ] {
            #expect(text.contains(line))
        }
    }

    @Test("signing requests and revocation lists have reports, too")
    func others() throws {
        let request = try ForgedRequest.make(
            key: ForgeKey(),
            attributes: ForgedRequest.wish(Forge.alternativeNames(DER.tlv(0x82, Array("a.example".utf8)))))
        let report = CertificateReport(request)
        #expect(report.text.contains("Subject           CN=from-csr"))
        #expect(report.text.contains("Asks to be named  DNS:a.example"))
        #expect(report.warnings.isEmpty)
        let unproved = try SigningRequest(der: ForgedRequest.der(key: ForgeKey(), signer: ForgeKey()))
        #expect(CertificateReport(unproved).warnings.contains { $0.contains("not signed by the key") })
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
