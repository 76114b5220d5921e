import DeviceGateway
import Synchronization
import X509Auth

/// A moment for records, Unix seconds.
let registrationTime: Int64 = 1_700_000_000

/// A policy that allows everything to the client named in it.
func policyText(client: String = "*") -> String {
    """
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect",
      "Resource": "arn:aws:iot:us-east-1:123456789012:client/\(client)"}]}
    """
}

/// An authority that issues device certificates on the spot.
struct TestAuthority {
    let authority: CertificateAuthority
    let privateKeyPEM: String
    var certificate: X509Certificate { authority.certificate }
    var id: CertificateID { certificate.id }

    init(_ commonName: String = "Factory", notBefore: Int64 = registrationTime) throws {
        (authority, privateKeyPEM) = try CertificateAuthority.create(
            commonName: commonName, organization: nil, notBefore: notBefore,
            notAfter: notBefore + 1_000_000)
    }

    /// A revocation list of this authority that names certificates.
    ///
    /// - Parameter base: the number of the complete list that a delta list builds on.
    func list(
        _ number: UInt8, base: UInt8? = nil, revoking: [X509Certificate] = [],
        since thisUpdate: Int64 = registrationTime, until nextUpdate: Int64 = registrationTime + 1_000
    ) throws -> CertificateRevocationList {
        try TestRevocationList(
            number: number, base: base, serialNumbers: revoking.map(\.serialNumber.bytes),
            thisUpdate: thisUpdate, nextUpdate: nextUpdate
        ).signed(issuerDER: certificate.subjectDER, privateKeyPEM: privateKeyPEM)
    }

    func device(_ commonName: String) throws -> X509Certificate {
        try authority.issueDevice(
            commonName: commonName, notBefore: registrationTime,
            notAfter: registrationTime + 1_000, key: .p256
        ).certificate
    }
}

extension X509Certificate {
    /// The same certificate with another signature: same issuer, same serial number, another identifier.
    func twin() throws -> X509Certificate {
        var bytes = der
        bytes[bytes.count - 1] ^= 1
        return try X509Certificate(der: bytes)
    }
}

/// A registry over a store that lives as long as the test.
func emptyRegistry(limits: RegistryLimits = .default) async throws -> DeviceRegistry {
    try await DeviceRegistry.open(store: InMemoryRegistryStore(), limits: limits)
}

/// With which code `body` is refused; `nil` if it is not.
func refusal(_ body: () async throws -> Void) async -> RegistryError.Code? {
    do {
        try await body()
        return nil
    } catch let error as RegistryError {
        return error.code
    } catch {
        return RegistryError.Code(rawValue: "no registry error: \(error)")
    }
}

/// A store that counts, and that fails or waits when told to.
final class ScriptedStore: RegistryStore {
    struct Failure: Error {}

    private struct State {
        var batches: [[RegistryChange]] = []
        var fails = false
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var whenEntered: [CheckedContinuation<Void, Never>] = []
    }

    private let inner = InMemoryRegistryStore()
    private let state = Mutex(State())

    var batches: [[RegistryChange]] { state.withLock { $0.batches } }

    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

    /// Makes `apply` wait until ``release()``.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let waiting = state.withLock { state in
            defer { state.held = [] }
            state.isHeld = false
            return state.held
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when an `apply` is being held.
    func entered() async {
        await withCheckedContinuation { continuation in
            let isHolding = state.withLock { state in
                if state.held.isEmpty { state.whenEntered.append(continuation) }
                return !state.held.isEmpty
            }
            if isHolding { continuation.resume() }
        }
    }

    func load() async throws -> RegistryContents { try await inner.load() }

    func encodings(of certificates: [CertificateID]) async throws -> [CertificateID: [UInt8]] {
        try await inner.encodings(of: certificates)
    }

    func apply(_ changes: [RegistryChange]) async throws {
        await withCheckedContinuation { continuation in
            let (passes, entered) = state.withLock { state in
                guard state.isHeld else { return (true, [CheckedContinuation<Void, Never>]()) }
                defer { state.whenEntered = [] }
                state.held.append(continuation)
                return (false, state.whenEntered)
            }
            if passes { continuation.resume() }
            for waiter in entered { waiter.resume() }
        }
        if state.withLock({ $0.fails }) { throw Failure() }
        try await inner.apply(changes)
        state.withLock { $0.batches.append(changes) }
    }
}

/// A registry with a device whose certificate has been revoked.
struct RevokedLamp {
    let store = InMemoryRegistryStore()
    let registry: DeviceRegistry
    let authority: TestAuthority
    let certificate: X509Certificate
    /// The same certificate in other bytes.
    let twin: X509Certificate
    /// The trust version in which it was ACTIVE.
    let whenActive: UInt64

    init() async throws {
        registry = try await DeviceRegistry.open(store: store)
        authority = try TestAuthority()
        certificate = try authority.device("lamp")
        twin = try certificate.twin()
        try await registry.putPolicy(name: "p", text: policyText())
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        try await registry.register(certificate: certificate, now: registrationTime)
        whenActive = registry.trustVersion
        try await registry.setStatus(of: certificate.id, to: .revoked)
    }
}
