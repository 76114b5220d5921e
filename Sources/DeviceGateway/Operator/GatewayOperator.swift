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

    /// - Parameters:
    ///   - registry: what the commands read and change.
    ///   - authority: issues the devices' certificates.
    ///   - succession: that authority and those before it; nil: there were none.
    ///   - now: the time in Unix seconds.
    ///   - tlsPort: the port that devices connect to, as far as a gateway runs and has bound one.
    public init(
        registry: DeviceRegistry, authority: CertificateAuthority, succession: AuthoritySuccession? = nil,
        now: @escaping @Sendable () -> Int64,
        tlsPort: @escaping @Sendable () -> Int? = { nil }
    ) {
        self.registry = registry
        self.authority = authority
        self.succession = succession ?? AuthoritySuccession(current: authority.certificate)
        self.now = now
        self.tlsPort = tlsPort
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
        case .listCertificates(let after, let limit):
            .certificates(try await certificates(after: after, limit: limit))
        case .showCertificate(let selector):
            .certificate(try await detail(of: try await certificate(shown: selector)))
        case .setCertificateStatus(let selector, let status):
            .changed(try await setStatus(of: selector, to: status))
        case .putPolicy(let name, let document):
            .policy(detail(of: try await registry.putPolicy(name: name, text: document)))
        case .listPolicies(let after, let limit):
            .policies(policies(after: after, limit: limit))
        case .showPolicy(let name):
            .policy(detail(of: try policy(name)))
        case .attachPolicy(let name, let selector):
            .changed(try await attach(name, to: selector))
        case .detachPolicy(let name, let selector):
            .changed(try await detach(name, from: selector))
        case .registerAuthority(let pem, let autoRegister, let policies):
            .authority(try await register(authorityPEM: pem, autoRegister: autoRegister, policies: policies))
        case .setAuthority(let id, let isActive):
            .authority(try await setAuthority(id, isActive: isActive))
        case .listAuthorities(let after, let limit):
            .authorities(authorities(after: after, limit: limit))
        case .listManagedAuthorities:
            .managedAuthorities(try await managedAuthorities())
        }
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
            case .invalidCertificate: .certificate
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
