import DeviceGateway
import X509Auth

/// The loops of the registry that are measured, over a thousand certificates with a policy and a thing each.
public enum RegistryWorkload: String, CaseIterable, Sendable {
    /// One registered certificate looked up: what deciding about a connection begins with.
    case lookUp = "registry-look-up"
    /// One certificate judged by its record, its authority's revocation mode looked at: a reconnection, and each
    /// connection's share of a change that may concern all.
    case judge = "registry-judge"

    private static let certificates = 1_000
    private static let now: Int64 = 1_000_000_000

    /// Does `count` units of work. Returns a figure that depends on all of them.
    public func run(_ count: Int) -> Int {
        do {
            let registry = try CallerExecutor.run { try await Self.registry() }
            let ids = (0..<Self.certificates).map { Self.id($0 &* 7_919 % Self.certificates) }
            let authenticator = X509Authenticator(trust: registry)
            var result = 0
            for index in 0..<count {
                let record = registry.registeredCertificate(ids[index % ids.count])
                switch self {
                case .lookUp: result += record == nil ? 0 : 1
                case .judge:
                    if let record, case .registered = authenticator.judge(record, now: Self.now) {
                        result += 1
                    }
                }
            }
            precondition(result == count)
            return result
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private static func id(_ number: Int) -> CertificateID {
        CertificateID(der: withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) })
    }

    private static func registry() async throws -> DeviceRegistry {
        let authority = try CertificateAuthority.create(
            commonName: "Benchmark CA", notBefore: 0, notAfter: CertificateAuthority.deviceNotAfter
        ).0.certificate
        let store = InMemoryRegistryStore()
        try await store.apply([
            .putPolicy(
                PolicyRecord(
                    name: "fleet",
                    text:
                        #"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
                    version: 1)),
            .putAuthority(
                AuthorityRecord(
                    id: authority.id, der: authority.der, isActive: true, autoRegistration: nil,
                    revocationMode: .soft, registeredAt: 0)),
        ])
        try await store.apply(
            (0..<certificates).flatMap { number -> [RegistryChange] in
                let id = id(number)
                let record = CertificateRecord(
                    id: id, status: .active, notBefore: 0, notAfter: CertificateAuthority.deviceNotAfter,
                    issuer: authority.subjectDER, serialNumber: Array(id.bytes.prefix(20)),
                    authority: authority.id, registeredAt: 0)
                let name = "device-\(number)-0123456789"
                return [
                    .insertCertificate(record, der: []), .attachPolicy(name: "fleet", certificate: id),
                    .putThing(ThingRecord(name: name)),
                    .attachThing(name: name, certificate: id, isExclusive: false),
                ]
            })
        return try await DeviceRegistry.open(store: store)
    }
}
