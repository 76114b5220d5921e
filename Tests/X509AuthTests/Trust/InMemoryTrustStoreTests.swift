import Testing

@testable import X509Auth

@Suite("In-memory trust store")
struct InMemoryTrustStoreTests {
    private func certificate(_ serial: UInt8 = 0x11, _ change: (inout Forge) -> Void = { _ in }) throws
        -> X509Certificate
    {
        var forge = Forge()
        forge.serial = DER.tlv(0x02, [serial])
        change(&forge)
        return try X509Certificate(der: forge.unsigned)
    }

    @Test("registers with dates and status")
    func register() throws {
        let store = InMemoryTrustStore()
        let certificate = try certificate()
        #expect(store.registeredCertificate(certificate.id) == nil)
        try store.register(certificate, status: .pendingActivation)
        #expect(
            store.registeredCertificate(certificate.id)
                == RegisteredCertificate(
                    id: certificate.id, status: .pendingActivation, notBefore: Forge.notBefore,
                    notAfter: Forge.notAfter, serialNumber: [0x11]))
    }

    @Test("nothing leads out of REVOKED", arguments: CertificateStatus.allCases)
    func revokedIsFinal(_ status: CertificateStatus) throws {
        let store = InMemoryTrustStore()
        let certificate = try certificate()
        try store.register(certificate, status: .revoked)
        if status == .revoked {
            try store.setStatus(status, of: certificate.id)
        } else {
            #expect(throws: X509Error.self) { try store.setStatus(status, of: certificate.id) }
            #expect(throws: X509Error.self) { try store.register(certificate, status: status) }
        }
        #expect(store.registeredCertificate(certificate.id)?.status == .revoked)
    }

    @Test(
        "what was revoked stays out when it is removed, and other bytes with its issuer and serial number with it"
    )
    func revokedAndRemoved() throws {
        let store = InMemoryTrustStore()
        let certificate = try certificate()
        let twin = try self.certificate { $0.subject = DER.commonName("other") }
        try store.register(certificate)
        try store.setStatus(.revoked, of: certificate.id)
        for other in [certificate, twin] {
            #expect(throws: X509Error.self) { try store.register(other) }
        }
        #expect(store.remove(certificate.id))
        for other in [certificate, twin] {
            #expect(throws: X509Error.self) { try store.register(other) }
            #expect(store.registeredCertificate(other.id) == nil)
        }
        // Nor is it seen for the first time.
        #expect(store.isKnown(issuerDER: twin.issuerDER, serialNumber: twin.serialNumber.bytes))
        // As REVOKED it may be kept.
        try store.register(certificate, status: .revoked)
        #expect(throws: X509Error.self) { try store.setStatus(.active, of: certificate.id) }
    }

    @Test("a twin that was registered before is revoked with the other", arguments: [false, true])
    func twinOfRevoked(_ isRegisteredAnew: Bool) throws {
        let store = InMemoryTrustStore()
        let certificate = try certificate()
        let twin = try self.certificate { $0.subject = DER.commonName("other") }
        try store.register(twin)
        if isRegisteredAnew {
            try store.register(certificate, status: .revoked)
        } else {
            try store.register(certificate)
            try store.setStatus(.revoked, of: certificate.id)
        }
        #expect(store.registeredCertificate(twin.id)?.status == .revoked)
        #expect(throws: X509Error.self) { try store.setStatus(.active, of: twin.id) }
    }

    @Test("an unknown certificate has no status to set")
    func unknown() throws {
        let store = InMemoryTrustStore()
        #expect(throws: X509Error.self) { try store.setStatus(.active, of: CertificateID(der: [1])) }
        #expect(!store.remove(CertificateID(der: [1])))
    }

    @Test("issuer and serial number are known as long as one certificate has them")
    func known() throws {
        let store = InMemoryTrustStore()
        let first = try certificate()
        let second = try certificate { $0.subject = DER.commonName("other") }
        func isKnown() -> Bool {
            store.isKnown(issuerDER: first.issuerDER, serialNumber: first.serialNumber.bytes)
        }
        #expect(!isKnown())
        try store.register(first)
        try store.register(first, status: .inactive)
        try store.register(second)
        #expect(store.remove(first.id))
        #expect(isKnown())
        #expect(store.remove(second.id))
        #expect(!isKnown())
        #expect(!store.isKnown(issuerDER: first.issuerDER, serialNumber: [0x12]))
    }

    @Test("weak and unusable certificates are not registered")
    func refused() throws {
        let store = InMemoryTrustStore()
        let weak = try certificate { $0.publicKey = Forge.rsaKey(bits: 1024) }
        #expect(throws: X509Error.self) { try store.register(weak) }
        let server = try certificate { $0.extensions = [Forge.extendedKeyUsage(Forge.serverAuth)] }
        #expect(throws: X509Error.self) { try store.register(server) }
        #expect(store.registeredCertificate(weak.id) == nil)
        var lenient = X509Requirements()
        lenient.usage = .notChecked
        try InMemoryTrustStore(requirements: lenient).register(server)
    }

    @Test("authorities are found by name, and by key identifier where both know one")
    func authorities() throws {
        let store = InMemoryTrustStore()
        let plain = [Forge.basicConstraints(authority: true), Forge.keyCertSign]
        let one = try ForgedAuthority(extensions: plain + [Forge.subjectKeyIdentifier([1])])
        let two = try ForgedAuthority(extensions: plain + [Forge.subjectKeyIdentifier([2])])
        let nameless = try ForgedAuthority(extensions: plain)
        for authority in [one, two, nameless] {
            try store.register(authority: authority.certificate, allowsAutoRegistration: true)
        }
        func found(_ identifier: [UInt8]?) -> Set<CertificateID> {
            Set(store.registeredAuthorities(issuerDER: one.name, keyIdentifier: identifier).map(\.id))
        }
        #expect(found(nil) == [one.certificate.id, two.certificate.id, nameless.certificate.id])
        #expect(found([1]) == [one.certificate.id, nameless.certificate.id])
        #expect(found([9]) == [nameless.certificate.id])
        #expect(store.registeredAuthorities(issuerDER: DER.commonName("x"), keyIdentifier: nil).isEmpty)

        try store.register(authority: one.certificate, status: .inactive, allowsAutoRegistration: false)
        let records = store.registeredAuthorities(issuerDER: one.name, keyIdentifier: [1])
        #expect(records.filter { $0.id == one.certificate.id }.map(\.status) == [.inactive])
        #expect(store.removeAuthority(one.certificate))
        #expect(!store.removeAuthority(one.certificate))
    }

    @Test("what may not issue device certificates is no authority")
    func notAuthorities() throws {
        let store = InMemoryTrustStore()
        let cases: [(String, [[UInt8]], (inout Forge) -> Void)] = [
            ("no extensions", [], { _ in }),
            ("CA:FALSE", [Forge.basicConstraints(authority: false)], { _ in }),
            (
                "key usage without keyCertSign",
                [Forge.basicConstraints(authority: true), Forge.digitalSignature], { _ in }
            ),
            (
                "extended usage without clientAuth",
                [
                    Forge.basicConstraints(authority: true), Forge.keyCertSign,
                    Forge.extendedKeyUsage(Forge.serverAuth),
                ], { _ in }
            ),
            ("version 1", [], { $0.version = [] }),
            ("weak key", [Forge.basicConstraints(authority: true)], { $0.publicKey = Forge.weakCurveKey }),
        ]
        for (what, extensions, change) in cases {
            let certificate = try ForgedAuthority(extensions: extensions, change: change).certificate
            #expect(throws: X509Error.self, "\(what)") {
                try store.register(authority: certificate, allowsAutoRegistration: true)
            }
        }
    }
}
