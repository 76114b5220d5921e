import X509Auth

extension GatewayOperator {
    func register(_ request: AuthorityToRegister) async throws -> AuthoritySummary {
        let certificate = try X509Certificate(pem: request.pem)
        try checkProof(request, certificate)
        let autoRegistration = try autoRegistration(request)
        let mode = try request.revocationMode.map { text throws(OperatorError) in try revocationMode(text) }
        let record = try await registry.registerAuthority(
            certificate: certificate, mode: request.sniOnly ? .sniOnly : .standard,
            autoRegistration: autoRegistration, revocationMode: mode, now: now())
        return summary(of: record)
    }

    /// AWS IoT API, RegisterCACertificate: in mode DEFAULT a verification certificate, in mode SNI_ONLY none. What is
    /// registered in mode DEFAULT, the gateway's own authority too, needs none to be changed.
    private func checkProof(_ request: AuthorityToRegister, _ authority: X509Certificate) throws {
        guard
            [request.verificationPEM != nil, request.sniOnly, request.withoutProof].count(where: \.self) <= 1
        else {
            throw OperatorError(
                .invalidArgument,
                "A verification certificate, SNI only, and no proof exclude one another; ask for one of them."
            )
        }
        guard let pem = request.verificationPEM else {
            guard !request.sniOnly, !request.withoutProof, registry.authority(authority.id)?.mode != .standard
            else { return }
            throw OperatorError(
                .invalidArgument,
                "Nothing proves that the authority's key is held by whoever asks. Let its owner issue a certificate "
                    + "whose common name is the code that ca registration-code shows, and give it as --verification; "
                    + "or register the authority --sni-only, which needs no proof; or --without-proof, on your own word."
            )
        }
        let verification = try X509Certificate(pem: pem)
        let code = try code()
        do throws(X509Rejection) {
            try ProofOfPossession.check(verification, authority: authority, code: code, now: now())
        } catch {
            throw OperatorError(.certificate, Sentence.from(error.message))
        }
    }

    private func code() throws(OperatorError) -> RegistrationCode {
        guard let code = registrationCode() else {
            throw OperatorError(.storage, "The gateway's registration code can't be read or made.")
        }
        return code
    }

    private func autoRegistration(_ request: AuthorityToRegister) throws -> AutoRegistration? {
        guard request.firstSight == .commonName || request.policies.isEmpty else {
            throw OperatorError(
                .invalidArgument,
                "Policies belong to certificates admitted on first sight by common name; ask for that.")
        }
        guard (request.firstSight == .template) == (request.template != nil) else {
            throw OperatorError(
                .invalidArgument, "A template and nothing else goes with first sight by template.")
        }
        switch request.firstSight {
        case .refused: return nil
        case .pending: return .pendingActivation
        case .commonName: return .commonName(ProvisioningTemplate(policyNames: request.policies))
        case .template:
            do throws(TemplateError) {
                return .template(try ProvisioningTemplateDocument(json: request.template ?? ""))
            } catch {
                throw OperatorError(.invalidArgument, "The template can't be used: \(error).")
            }
        }
    }

    func revocationMode(_ text: String) throws(OperatorError) -> RevocationMode {
        guard let mode = RevocationMode(rawValue: text) else {
            let known = RevocationMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw OperatorError(
                .invalidArgument, "“\(text.prefix(32))” is no revocation mode; those are \(known).")
        }
        return mode
    }

    func showRegistrationCode() throws(OperatorError) -> String {
        try code().commonName
    }

    /// The authority whose id starts with these digits.
    func authority(named text: String) throws(OperatorError) -> AuthorityRecord {
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
        return authority
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
            mode: record.mode.rawValue, firstSight: firstSight(of: record),
            policies: record.autoRegistration?.policyNames ?? [],
            revocationMode: record.revocationMode.rawValue,
            revocationLists: registry.revocationLists(of: record.id).map { list in
                RevocationListSummary(
                    number: list.number?.decimal, isDelta: list.isDelta, count: list.count,
                    thisUpdate: list.thisUpdate, nextUpdate: list.nextUpdate)
            })
    }

    private func firstSight(of record: AuthorityRecord) -> AuthorityToRegister.FirstSight {
        switch record.autoRegistration {
        case nil: .refused
        case .pendingActivation: .pending
        case .commonName: .commonName
        case .template: .template
        }
    }
}
