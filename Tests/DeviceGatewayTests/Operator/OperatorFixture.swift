import IoTPolicy
import MQTTCodec
import X509Auth

@testable import DeviceGateway

/// A registry in memory with an authority, as operators' commands work on it.
struct OperatorFixture {
    static let now: Int64 = 1_800_000_000
    static let policy = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}
        """

    static let registrationCode = RegistrationCode()

    let registry: DeviceRegistry
    let authority: CertificateAuthority
    let gatewayOperator: GatewayOperator

    /// With a policy named `p`.
    init() async throws {
        registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
        authority = try Self.authority("Test CA")
        gatewayOperator = GatewayOperator(
            registry: registry, authority: authority, now: { Self.now },
            registrationCode: { Self.registrationCode },
            sessionsEnded: { preview in
                // One session for each certificate.
                preview.certificates.enumerated().map { number, id in
                    ConnectionSummary(
                        id: UInt64(number), clientID: "client-\(number)", certificate: id, thingName: nil,
                        remoteAddress: "192.0.2.1:1", version: .v5, connectedAt: Self.now)
                }
            })
        try await registry.putPolicy(name: "p", text: Self.policy)
    }

    static func authority(_ name: String) throws -> CertificateAuthority {
        try CertificateAuthority.create(
            commonName: name, organization: nil, notBefore: now - 1_000, notAfter: 2_600_000_000
        ).0
    }

    @discardableResult
    func add(_ name: String, policies: [String] = ["p"]) async throws -> DeviceCredential {
        guard case .credential(let credential) = try await run(.addDevice(name: name, policies: policies))
        else {
            throw UnexpectedReply()
        }
        return credential
    }

    func run(_ command: OperatorCommand) async throws(OperatorError) -> OperatorReply {
        try await gatewayOperator.execute(command)
    }

    /// The error a command is answered with.
    func failure(_ command: OperatorCommand) async -> OperatorError? {
        do throws(OperatorError) {
            _ = try await run(command)
            return nil
        } catch {
            return error
        }
    }

    struct UnexpectedReply: Error {}
}
