import IoTPolicy
public import X509Auth

/// Carries out operators' commands on a registry.
///
/// The operator socket and the tools that open a stopped gateway's directory use the same one, so a
/// command means the same whether the gateway runs or not.
public struct GatewayOperator: Sendable {
    let registry: DeviceRegistry
    let authority: CertificateAuthority
    let succession: AuthoritySuccession
    let now: @Sendable () -> Int64
    let tlsPort: @Sendable () -> Int?
    let registrationCode: @Sendable () -> RegistrationCode?
    let sessionsEnded: @Sendable (RegistryPreview) async -> [ConnectionSummary]

    /// - Parameters:
    ///   - registry: what the commands read and change.
    ///   - authority: issues the devices' certificates.
    ///   - succession: that authority and those before it; nil: there were none.
    ///   - now: the time in Unix seconds.
    ///   - tlsPort: the port that devices connect to, as far as a gateway runs and has bound one.
    ///   - registrationCode: the code that proofs of an authority's possession carry; nil: there is none.
    ///   - sessionsEnded: the live sessions that a change would end, as far as a gateway runs.
    public init(
        registry: DeviceRegistry, authority: CertificateAuthority, succession: AuthoritySuccession? = nil,
        now: @escaping @Sendable () -> Int64,
        tlsPort: @escaping @Sendable () -> Int? = { nil },
        registrationCode: @escaping @Sendable () -> RegistrationCode? = { nil },
        sessionsEnded: @escaping @Sendable (RegistryPreview) async -> [ConnectionSummary] = { _ in [] }
    ) {
        self.registry = registry
        self.authority = authority
        self.succession = succession ?? AuthoritySuccession(current: authority.certificate)
        self.now = now
        self.tlsPort = tlsPort
        self.registrationCode = registrationCode
        self.sessionsEnded = sessionsEnded
    }

    /// Carries out one command. A command that fails has changed nothing.
    public func execute(_ command: OperatorCommand) async throws(OperatorError) -> OperatorReply {
        do {
            return try await perform(command)
        } catch let error as OperatorError {
            throw error
        } catch let error as RegistryError {
            throw OperatorError(error)
        } catch let error as X509Error {
            throw OperatorError(.certificate, Sentence.from(error.message))
        } catch {
            throw OperatorError(.storage, "The command failed: \(error).")
        }
    }

    private func perform(_ command: OperatorCommand) async throws -> OperatorReply {
        switch command {
        case .addDevice(let name, let policies):
            .credential(try await addDevice(name, policies: policies))
        case .listDevices(let after, let limit):
            .devices(try await devices(after: after, limit: limit))
        case .showDevice(let name):
            .device(try await summary(of: try thing(name)))
        case .createCertificate(let thing, let policies, let wish):
            .credential(try await createCertificate(thing: thing, policies: policies, wish: wish ?? .init()))
        case .registerCertificate(let request):
            .changed([try await register(request)])
        case .listCertificates(let after, let limit):
            .certificates(try await certificates(after: after, limit: limit))
        case .showCertificate(let selector):
            .certificate(try await detail(of: try await certificate(shown: selector)))
        case .putPolicy(let name, let document):
            .policy(detail(of: try await registry.putPolicy(name: name, text: document)))
        case .listPolicies(let after, let limit):
            .policies(policies(after: after, limit: limit))
        case .showPolicy(let name):
            .policy(detail(of: try policy(name)))
        case .attachPolicy(let name, let selector):
            .changed(try await attach(name, to: selector))
        case .registerAuthority(let request):
            .authority(try await register(request))
        case .listAuthorities(let after, let limit):
            .authorities(authorities(after: after, limit: limit))
        case .listManagedAuthorities:
            .managedAuthorities(try await managedAuthorities())
        case .showRegistrationCode:
            .registrationCode(try showRegistrationCode())
        case .listTrustVersions:
            .trust(trustSummary())
        case .preview(let command):
            .blastRadius(try await preview(command))
        case .ifUnchanged(let command, let generation):
            try await execute(command, ifUnchangedSince: generation)
        case .setCertificateStatus, .removeCertificate, .detachPolicy, .setAuthority, .setRevocationMode,
            .removeAuthority, .loadRevocationList, .rollBackTrust:
            try await carryOut(command)
        }
    }

    private func carryOut(_ command: OperatorCommand) async throws -> OperatorReply {
        guard let change = try await change(command) else {
            throw OperatorError(.invalidArgument, "The command can't be carried out.")
        }
        return try await execute(change)
    }
}

extension OperatorError {
    init(_ error: RegistryError) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .alreadyExists: .alreadyExists
            case .invalidName, .invalidTemplate: .invalidArgument
            case .malformedPolicy: .malformedPolicy
            case .invalidCertificate, .twin, .revoked, .untrustedList: .certificate
            case .unknownVersion: .notFound
            case .storage, .inconsistentStore: .storage
            case .busy: .busy
            default: .refused
            }
        if let policy = error.policyError {
            self.init(
                code, Sentence.from(policy.message), line: policy.line, column: policy.column,
                hint: policy.hint)
        } else {
            self.init(code, Sentence.from(error.message))
        }
    }
}

/// Library messages begin in lower case and end without a stop, to be put into sentences; operators read
/// them as they are.
enum Sentence {
    static func from(_ message: String) -> String {
        guard let first = message.first else { return message }
        let text = first.uppercased() + message.dropFirst()
        return text.hasSuffix(".") || text.hasSuffix("?") ? text : text + "."
    }
}
