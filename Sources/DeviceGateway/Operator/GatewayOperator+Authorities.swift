import X509Auth

extension GatewayOperator {
    func register(
        authorityPEM pem: String, autoRegister: Bool, policies: [String]
    ) async throws -> AuthoritySummary {
        guard autoRegister || policies.isEmpty else {
            throw OperatorError(
                .invalidArgument,
                "Policies belong to certificates admitted on first sight; ask for auto-registration.")
        }
        let certificate = try X509Certificate(pem: pem)
        let record = try await registry.registerAuthority(
            certificate: certificate,
            autoRegistration: autoRegister ? .commonName(ProvisioningTemplate(policyNames: policies)) : nil,
            now: now())
        return summary(of: record)
    }

    func setAuthority(_ text: String, isActive: Bool) async throws -> AuthoritySummary {
        let prefix = text.lowercased()
        let found = registry.allAuthorities.filter { $0.id.string.hasPrefix(prefix) }
        guard prefix.utf8.count >= CertificateSelector.minimumPrefixLength, let authority = found.first else {
            throw OperatorError(
                .notFound,
                "There is no authority “\(text.prefix(64))”; name it by the first "
                    + "\(CertificateSelector.minimumPrefixLength) or more digits of its id, see ca list.")
        }
        guard found.count == 1 else {
            throw OperatorError(
                .ambiguous, "\(found.count) authorities' ids start with \(prefix); give more digits.")
        }
        return summary(of: try await registry.setAuthority(authority.id, isActive: isActive))
    }

    func authorities(after: String?, limit: Int?) -> OperatorPage<AuthoritySummary> {
        OperatorPage(registry.allAuthorities, after: after, limit: limit, name: \.id.string) {
            summary(of: $0)
        }
    }

    func summary(of record: AuthorityRecord) -> AuthoritySummary {
        // The registry holds only what has parsed.
        let certificate = try? X509Certificate(der: record.der)
        return AuthoritySummary(
            id: record.id.string, subject: certificate?.subject.description ?? "",
            notAfter: certificate?.notAfter ?? 0, isActive: record.isActive,
            autoRegisters: record.autoRegistration != nil,
            policies: record.autoRegistration?.policyNames ?? [])
    }
}
