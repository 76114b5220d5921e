/// The rules of RFC 5280's profile that one certificate keeps or breaks by itself, whatever the path.
struct CertificateRules: Sendable {
    /// Where in a path a certificate stands.
    enum Place: Hashable, Sendable {
        case anchor, intermediate, leaf
    }

    let requirements: X509Requirements
    let purpose: CertificatePurpose
    /// To the letter: what conforming authorities must write too, not only what protects.
    let isStrict: Bool
    /// Unix seconds.
    let now: Int64

    /// What is wrong; nil: nothing.
    func problem(_ item: PathCertificate, at place: Place) -> CertificatePathFailure? {
        let certificate = item.certificate
        guard certificate.version == 3 else {
            return CertificatePathFailure(
                .malformed, "\(item.name) is of version \(certificate.version), not 3")
        }
        if let failure = datesProblem(item) { return failure }
        if let problem = requirements.problem(with: certificate.publicKey) {
            return CertificatePathFailure(.weakKey, "\(item.name): \(problem)")
        }
        if place != .anchor {
            guard let bits = certificate.signatureSecurityBits, bits >= requirements.minimumSignatureBits
            else {
                return CertificatePathFailure(
                    .weakKey,
                    "\(item.name) is signed with \(certificate.signatureAlgorithm), which is too weak")
            }
        }
        return extensionProblem(item, at: place)
            ?? (isStrict ? StrictProfile.problem(item, at: place) : nil)
    }

    /// What the certificate's bytes alone decide: usages, constraints, critical extensions.
    func extensionProblem(_ item: PathCertificate, at place: Place) -> CertificatePathFailure? {
        for known in item.fields.extensions.items
        where known.isCritical && !Self.processed.contains(known.type) {
            return CertificatePathFailure(
                .malformed,
                "\(item.name) has the critical extension \(known.type), which is not understood or may not be critical"
            )
        }
        guard !item.certificate.issuer.isEmpty else {
            return CertificatePathFailure(.malformed, "\(item.name) has no issuer name")
        }
        return place == .leaf ? leafProblem(item) : authorityProblem(item)
    }

    /// What is understood, and may be critical.
    private static let processed: Set<ExtensionType> = [
        .keyUsage, .basicConstraints, .extendedKeyUsage, .subjectAlternativeName, .nameConstraints,
        .certificatePolicies, .policyMappings, .policyConstraints, .inhibitAnyPolicy, .crlDistributionPoints,
    ]

    private func datesProblem(_ item: PathCertificate) -> CertificatePathFailure? {
        let certificate = item.certificate
        if isStrict, item.fields.notBefore == nil || item.fields.notAfter == nil {
            return CertificatePathFailure(
                .malformed, "\(item.name) has a date that is not in the form RFC 5280 demands")
        }
        guard now >= certificate.notBefore else {
            return CertificatePathFailure(
                .notYetValid,
                "\(item.name) is valid from \(UTCTime.string(certificate.notBefore)), and it is \(UTCTime.string(now))"
            )
        }
        guard now <= certificate.notAfter else {
            return CertificatePathFailure(
                .expired,
                "\(item.name) expired at \(UTCTime.string(certificate.notAfter)), and it is \(UTCTime.string(now))"
            )
        }
        return nil
    }

    private func authorityProblem(_ item: PathCertificate) -> CertificatePathFailure? {
        let certificate = item.certificate
        guard certificate.isCertificateAuthority else {
            return CertificatePathFailure(
                .notAnAuthority, "\(item.name) is no authority by its basicConstraints")
        }
        if let usage = certificate.keyUsage, !usage.contains(.keyCertificateSign) {
            return CertificatePathFailure(
                .notAnAuthority, "\(item.name) may not sign certificates: no keyCertSign")
        }
        if let usages = certificate.extendedKeyUsages, let wanted = purpose.extendedKeyUsage,
            !usages.contains(wanted), !usages.contains(CertificatePurpose.anyUsage)
        {
            return CertificatePathFailure(
                .wrongUsage, "\(item.name) may not issue certificates \(purpose.description)")
        }
        guard !certificate.subject.isEmpty else {
            return CertificatePathFailure(.malformed, "\(item.name) is an authority without a name")
        }
        return nil
    }

    private func leafProblem(_ item: PathCertificate) -> CertificatePathFailure? {
        let certificate = item.certificate
        if let usage = certificate.keyUsage {
            if !certificate.isCertificateAuthority, usage.contains(.keyCertificateSign) {
                return CertificatePathFailure(
                    .malformed, "\(item.name) signs certificates, but is no authority")
            }
            guard certificate.isCertificateAuthority || purpose.isAllowed(by: usage) else {
                return CertificatePathFailure(
                    .wrongUsage, "\(item.name) has a key usage that is not \(purpose.description)")
            }
        }
        if let usages = certificate.extendedKeyUsages, let wanted = purpose.extendedKeyUsage,
            !usages.contains(wanted)
        {
            return CertificatePathFailure(
                .wrongUsage, "\(item.name) has extended key usages, but none \(purpose.description)")
        }
        if item.constraints != nil, !certificate.isCertificateAuthority {
            return CertificatePathFailure(
                .malformed, "\(item.name) has name constraints, but is no authority")
        }
        return nil
    }
}

/// The syntax of alternative names (RFC 5280 4.2.1.6).
enum AlternativeNameRules {
    /// The first that breaks it, printable.
    static func malformedName(of certificate: X509Certificate) -> String? {
        certificate.subjectAlternativeNames.first { !isWellFormed($0) }?.description
    }

    private static func isWellFormed(_ name: GeneralName) -> Bool {
        switch name {
        case .dns(let text): NameSyntax.isHostNameOrWildcard(text)
        case .rfc822(let text): NameSyntax.isMailbox(text)
        case .uri(let text): NameSyntax.isURI(text)
        case .ipAddress(let octets): octets.count == 4 || octets.count == 16
        case .directory(let name): !name.isEmpty
        case .other, .x400, .ediParty, .registeredID: true
        }
    }
}
