/// Verifies a certificate by RFC 5280, its profile to the letter: for tools, tests and registration,
/// where all the certificates are at hand.
///
/// Unlike OpenSSL it backtracks: where several authorities bear a name, each way up is tried, within a bound on
/// the work. A trusted certificate ends a path, self-signed or not; its dates, constraints and usages count.
public struct CertificatePathValidator: Sendable {
    /// The most certificates in a path.
    public static let maximumLength = 64
    /// The most certificates taken in, trusted ones and intermediates each.
    public static let maximumCertificates = 1_024

    /// Keys, signatures and sizes that are accepted.
    public var requirements: X509Requirements
    /// What the certificate is to be used for.
    public var purpose = CertificatePurpose.tlsClient
    /// Whether what RFC 5280 demands of conforming authorities is checked too: key identifiers, criticality, forms
    /// of dates and serial numbers, syntax of names.
    public var isStrict = true
    /// The most intermediates that are not self-issued; nil: ``maximumLength``.
    public var maximumIntermediates: Int?
    /// Email addresses, each of which the certificate must carry as rfc822Name, exactly.
    public var emailAddresses: [String] = []
    /// Revocation lists. Where there are any, the certificate's issuer must have a current one; authorities are
    /// held to theirs where there is one.
    public var revocationLists: [CertificateRevocationList] = []

    /// A validator with the default requirements, Edwards curves allowed.
    public init() {
        requirements = .default
        requirements.allowsEdwardsCurves = true
        requirements.maximumCertificateSize = X509Certificate.maximumSize
    }

    /// The path that was found, trusted certificate first, the given certificate last.
    ///
    /// - Parameters:
    ///   - leaf: The certificate to verify.
    ///   - trusted: The certificates that may end a path.
    ///   - intermediates: Others to lead there, in any order; unusable and unrelated ones do no harm.
    ///   - now: Unix seconds.
    public func path(
        of leaf: X509Certificate, trusted: [X509Certificate], intermediates: [X509Certificate], now: Int64
    ) throws(CertificatePathFailure) -> [X509Certificate] {
        guard trusted.count <= Self.maximumCertificates, intermediates.count <= Self.maximumCertificates
        else {
            throw CertificatePathFailure(
                .tooMuchWork,
                "more than \(Self.maximumCertificates) trusted certificates or intermediates")
        }
        return try search(leaf, trusted, intermediates, now).map(\.certificate)
    }

    private func search(
        _ leaf: X509Certificate, _ trusted: [X509Certificate], _ intermediates: [X509Certificate],
        _ now: Int64
    ) throws(CertificatePathFailure) -> [PathCertificate] {
        let item = try PathCertificate.reading(leaf)
        let rules = CertificateRules(
            requirements: requirements, purpose: purpose, isStrict: isStrict, now: now)
        if let problem = rules.problem(item, at: .leaf) { throw problem }
        for address in emailAddresses where !leaf.subjectAlternativeNames.contains(.rfc822(address)) {
            throw CertificatePathFailure(
                .nameMismatch,
                "\(item.name) does not carry the email address \(PrintableText.escape(address))")
        }
        let pathRules = PathRules(maximumIntermediates: maximumIntermediates ?? Self.maximumLength)
        let revocation = PathRevocation(lists: revocationLists, now: now)
        if trusted.contains(leaf) { return [item] }
        var search = try CertificatePathSearch(
            leaf: item, anchors: trusted.compactMap { try? PathCertificate.reading($0) },
            intermediates: intermediates.compactMap { try? PathCertificate.reading($0) }, rules: rules,
            pathRules: pathRules, accept: revocation.check)
        return try search.run()
    }
}
