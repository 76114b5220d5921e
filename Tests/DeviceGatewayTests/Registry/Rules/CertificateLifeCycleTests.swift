import Testing
import X509Auth

@testable import DeviceGateway

/// AWS IoT API, UpdateCertificate and DeleteCertificate.
@Suite struct CertificateLifeCycleTests {
    @Test(arguments: CertificateLifeCycle.Cause.allCases)
    func nothingLeadsOutOfRevoked(_ cause: CertificateLifeCycle.Cause) {
        for status in CertificateStatus.allCases {
            #expect(!CertificateLifeCycle.allows(.revoked, to: status, by: cause))
        }
    }

    @Test func byHandOnlyThreeStatusesAreSet() {
        for from in CertificateStatus.allCases where from != .revoked && from != .pendingTransfer {
            for to in CertificateStatus.allCases {
                #expect(
                    CertificateLifeCycle.allows(from, to: to, by: .byHand)
                        == [.active, .inactive, .revoked].contains(to))
            }
        }
        #expect(!CertificateLifeCycle.allows(.pendingTransfer, to: .active, by: .byHand))
        #expect(CertificateLifeCycle.allows(.pendingTransfer, to: .inactive, by: .byHand))
        #expect(CertificateLifeCycle.allows(.pendingTransfer, to: .revoked, by: .byHand))
    }

    @Test func onlyAHandRevokes() {
        for from in CertificateStatus.allCases {
            #expect(!CertificateLifeCycle.allows(from, to: .revoked, by: .provisioning))
            #expect(!CertificateLifeCycle.allows(from, to: .revoked, by: .rollback))
        }
    }

    /// Whatever is done after it was revoked, its device is not admitted again, neither by its own bytes nor by
    /// a copy with another signature.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func noPathLeadsFromRevokedBackToAdmitted(_ seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let lamp = try await RevokedLamp()
        let (authority, certificate, twin) = (lamp.authority, lamp.certificate, lamp.twin)
        var registry = lamp.registry

        let template = try ProvisioningTemplateDocument(json: ProvisioningRulesTests.template())
        let ways: [AutoRegistration?] = [
            nil, .pendingActivation, .commonName(ProvisioningTemplate(policyNames: ["p"])),
            .template(template),
        ]
        for _ in 0..<60 {
            let candidate = Bool.random(using: &random) ? certificate : twin
            let status = CertificateStatus.allCases.randomElement(using: &random) ?? .active
            let way = ways[Int.random(in: 0..<ways.count, using: &random)]
            let kind = Int.random(in: 0..<9, using: &random)
            let version = registry.earlierTrustVersions.randomElement(using: &random) ?? lamp.whenActive
            _ = await refusal { [registry] in
                switch kind {
                case 0, 1: try await registry.setStatus(of: candidate.id, to: status)
                case 2: try await registry.register(certificate: candidate, now: registrationTime)
                case 3:
                    try await registry.admitFirstSight(
                        candidate, authority: authority.id, now: registrationTime)
                case 4: try await registry.setAutoRegistration(ofAuthority: authority.id, to: way)
                case 5: _ = try await registry.rollBackTrust(to: version)
                case 6:
                    try await registry.setAuthority(authority.id, isActive: status == .active)
                    try await registry.loadRevocationList(try authority.list(1), forced: true)
                case 7:
                    try await registry.attachPolicy("p", to: candidate.id)
                default: try await registry.removeCertificate(candidate.id, detaching: true)
                }
            }
            if kind == 8 { registry = try await DeviceRegistry.open(store: lamp.store) }
            for device in [certificate, twin] {
                let verdict = X509Authenticator(trust: registry).judge(
                    leaf: device.der, chain: [], now: registrationTime + 1)
                guard case .rejected = verdict else {
                    Issue.record("seed \(seed): \(verdict)")
                    continue
                }
            }
        }
        let status = registry.certificate(certificate.id)?.status
        #expect(status == .revoked || status == nil)
        #expect(registry.certificate(twin.id) == nil)
    }

    /// ECDSA: anyone can make a second DER of a certificate, with another identifier.
    @Test func aTwinIsRegisteredByNoPath() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let certificate = try authority.device("lamp")
        let twin = try certificate.twin()
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        try await registry.register(certificate: certificate, now: registrationTime)
        #expect(
            await refusal { try await registry.register(certificate: twin, now: registrationTime) } == .twin)
        #expect(
            await refusal {
                try await registry.register(certificate: twin, mode: .sniOnly, now: registrationTime)
            } == .twin)
        let template = try ProvisioningTemplateDocument(json: ProvisioningRulesTests.template())
        for way in [
            AutoRegistration.pendingActivation, .commonName(ProvisioningTemplate(policyNames: [])),
            .template(template),
        ] {
            try await registry.setAutoRegistration(ofAuthority: authority.id, to: way)
            #expect(
                await refusal {
                    try await registry.admitFirstSight(twin, authority: authority.id, now: registrationTime)
                } == .twin)
        }
        #expect(registry.certificateCount == 1)
        #expect(registry.allThings.isEmpty)
        #expect(
            registry.certificate(
                issuerDER: twin.issuerDER, serialNumber: twin.serialNumber.bytes)?.id == certificate.id)
    }
}
