import GatewayTLS
import X509Auth

@testable import DeviceGateway

/// An admission over a registry in memory, with a CA of its own.
struct AdmissionFixture {
    static let now: Int64 = 1_790_000_000

    let registry: DeviceRegistry
    let authority: CertificateAuthority
    var admission: Admission

    init(_ configuration: GatewayConfiguration = GatewayConfiguration()) async throws {
        registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
        try await registry.putPolicy(name: "everything", text: TestGateway.everything)
        try await registry.putPolicy(name: "least-privilege", text: TestGateway.leastPrivilege)
        (authority, _) = try CertificateAuthority.create(
            commonName: "Admission CA", notBefore: Self.now - 1_000, notAfter: 2_524_607_999)
        admission = Admission(registry: registry, configuration: configuration)
    }

    func certificate(
        _ name: String, notBefore: Int64 = Self.now - 500,
        notAfter: Int64 = Self.now + 500
    ) throws -> X509Certificate {
        try authority.issueDevice(commonName: name, notBefore: notBefore, notAfter: notAfter).certificate
    }

    /// A registered certificate with its thing and policies.
    func device(
        _ name: String, things: [String]? = nil, policies: [String] = ["everything"],
        status: CertificateStatus = .active, notBefore: Int64 = Self.now - 500,
        notAfter: Int64 = Self.now + 500
    ) async throws -> X509Certificate {
        let certificate = try certificate(name, notBefore: notBefore, notAfter: notAfter)
        try await registry.register(
            certificate: certificate, status: status, now: Self.now)
        for thing in things ?? [name] {
            try await registry.createThing(ThingRecord(name: thing))
            try await registry.attach(thing: thing, to: certificate.id)
        }
        for policy in policies { try await registry.attachPolicy(policy, to: certificate.id) }
        return certificate
    }

    func request(
        _ certificate: X509Certificate?, clientID: String, willTopic: String? = nil,
        willRetain: Bool = false, isPersistent: Bool = false, wasResumed: Bool = false
    ) -> AdmissionRequest {
        AdmissionRequest(
            endpoint: .mutualTLS(
                TLSEvidence(
                    peer: certificate.map { TLSPeerCertificates(leaf: $0.der) }, version: .v1_3,
                    cipherSuite: "TLS_AES_128_GCM_SHA256", wasResumed: wasResumed)),
            sourceIP: "127.0.0.1", clientID: clientID, willTopic: willTopic, willRetain: willRetain,
            isPersistent: isPersistent, hasPassword: false)
    }

    /// What comes of a CONNECT; without an answer the certificate was never seen.
    func admit(_ request: AdmissionRequest, now: Int64 = Self.now) -> AdmissionOutcome {
        guard let decision = admission.admit(request, now: now) else { return .unknown }
        return AdmissionOutcome(decision)
    }

    /// Admits, and returns the identity.
    func identity(_ certificate: X509Certificate, clientID: String) throws -> DeviceIdentity {
        guard case .admitted(let identity) = admit(request(certificate, clientID: clientID)) else {
            throw GatewayError(.notAuthorized, "\(clientID) was not admitted")
        }
        return identity
    }
}

/// A decision that can be copied.
enum AdmissionOutcome {
    case admitted(DeviceIdentity)
    case refused(AdmissionRefusal)
    case unknown

    init(_ decision: consuming AdmissionDecision) {
        switch consume decision {
        case .admitted(let grant): self = .admitted(grant.identity)
        case .refused(let refusal): self = .refused(refusal)
        }
    }

    var identity: DeviceIdentity? { if case .admitted(let identity) = self { identity } else { nil } }
    var refusal: AdmissionRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}

extension X509Verdict {
    var rejection: X509Rejection? {
        if case .rejected(let rejection) = self { rejection } else { nil }
    }
}
