import GatewayTLS
import X509Auth

/// The certificate that devices see, renewed by the managed authority when it must be.
struct ServerCredential {
    let credential: TLSCredential
    let certificate: X509Certificate
    /// Why it was issued just now; nil when it was found in order.
    let issued: IssueReason?
    /// From when on it is renewed, in Unix seconds; nil for one that the operator has put there.
    let renewal: Int64?

    /// Why a server certificate was issued.
    enum IssueReason: Equatable {
        case missing
        case expiring(Int64)
        case namesChanged([String])
        case authorityReplaced

        var explanation: String {
            switch self {
            case .missing: "there was none"
            case .expiring(let date): "the old one expires on \(Timestamp.text(date))"
            case .namesChanged(let names): "this machine is now also called \(names.joined(separator: ", "))"
            case .authorityReplaced: "the gateway has a new authority"
            }
        }
    }

    /// Five years; renewed when less than ninety days are left.
    static let lifetime: Int64 = 5 * 365 * 86_400
    static let renewalWindow: Int64 = 90 * 86_400

    /// Reads the server's credential, issuing one if there is none or its own is about to expire.
    ///
    /// What the gateway's authority has not issued was put there by the operator; it is used as it is. Nothing
    /// that can't be used is ever replaced: it may be the operator's slip, and its key the only copy.
    ///
    /// - Parameter issuesMissing: false while a gateway runs: then files that are gone are about to be replaced.
    static func open(
        _ directory: GatewayDirectory, managed: ManagedAuthority, names: MachineNames, now: Int64,
        issuesMissing: Bool = true
    ) throws -> ServerCredential {
        let authority = managed.authority
        func issue(_ reason: IssueReason) throws -> ServerCredential {
            try Self.issue(directory, managed: managed, names: names, now: now, reason: reason)
        }
        try finishIssue(directory, authority: authority)
        let chain = try DurableFile.readText(directory.serverCertificate, limit: ManagedAuthority.sizeLimit)
        let key = try DurableFile.readText(directory.serverKey, limit: ManagedAuthority.sizeLimit)
        let (certificate, credential): (X509Certificate, TLSCredential)
        switch (chain, key) {
        case (nil, nil) where !issuesMissing:
            throw CommandFailure("\(directory.serverCertificate) and \(directory.serverKey) are missing.")
        case (nil, nil):
            return try issue(.missing)
        case (nil, _?):
            throw unusable(
                "\(directory.serverCertificate) is missing, while its key \(directory.serverKey) is there",
                directory)
        case (_?, nil):
            throw unusable(
                "\(directory.serverKey) is missing, while its certificate \(directory.serverCertificate) is there",
                directory)
        case (let chain?, let key?):
            do {
                certificate = try X509Certificate(pem: chain)
            } catch {
                throw unusable("\(directory.serverCertificate) can't be read: \(error.message)", directory)
            }
            do {
                credential = try TLSCredential(certificateChainPEM: chain, privateKeyPEM: key)
            } catch {
                throw unusable(
                    "\(directory.serverCertificate) can't be used with \(directory.serverKey): \(error.message)",
                    directory)
            }
        }
        if authority.hasIssued(certificate) {
            if certificate.notAfter - now < renewalWindow {
                return try issue(.expiring(certificate.notAfter))
            }
            let missing = names.missing(in: certificate)
            if !missing.isEmpty {
                return try issue(.namesChanged(missing))
            }
        } else if managed.succession.issuer(ofDER: certificate.der) != nil {
            return try issue(.authorityReplaced)
        }
        return ServerCredential(
            credential: credential, certificate: certificate, issued: nil,
            renewal: authority.hasIssued(certificate) ? Self.renewal(of: certificate) : nil)
    }

    private static func unusable(_ problem: String, _ directory: GatewayDirectory) -> CommandFailure {
        CommandFailure(
            "\(problem)\(problem.hasSuffix(".") ? "" : ".") Nothing was replaced. Put a certificate chain and its "
                + "key there, both PEM; or, to have the gateway issue its own, move both files away: "
                + "\(directory.serverCertificate) and \(directory.serverKey).")
    }

    /// Both files are staged before either appears, so that ``finishIssue(_:authority:)`` can complete a pair
    /// that a crash left half in place.
    private static func issue(
        _ directory: GatewayDirectory, managed: ManagedAuthority, names: MachineNames, now: Int64,
        reason: IssueReason
    ) throws -> ServerCredential {
        let authority = managed.authority
        let issued = try authority.issueServer(
            commonName: names.dnsNames.last ?? "localhost", dnsNames: names.dnsNames,
            ipAddresses: names.ipAddresses, notBefore: now - ManagedAuthority.clockTolerance,
            notAfter: min(now + lifetime, authority.certificate.notAfter), key: .p256)
        // Devices that know an earlier authority only verify through the cross-certificates.
        let chain = issued.certificatePEM + managed.crossCertificates.map(\.pem).joined()
        try DurableFile.stage(chain, for: directory.serverCertificate, mode: 0o644)
        try DurableFile.replace(directory.serverKey, with: issued.privateKeyPEM, mode: 0o600)
        try DurableFile.adopt(directory.serverCertificate)
        return ServerCredential(
            credential: try TLSCredential(
                certificateChainPEM: chain, privateKeyPEM: issued.privateKeyPEM),
            certificate: issued.certificate, issued: reason, renewal: renewal(of: issued.certificate))
    }

    private static func renewal(of certificate: X509Certificate) -> Int64 {
        certificate.notAfter - renewalWindow + 1
    }

    /// Completes an issue that a crash cut short after the key was in place, or forgets one that it cut short
    /// before. An operator's certificate, put there since, stays.
    private static func finishIssue(_ directory: GatewayDirectory, authority: CertificateAuthority) throws {
        let staged = DurableFile.temporaryPath(of: directory.serverCertificate)
        guard DurableFile.exists(staged) else { return }
        let current = try DurableFile.readText(
            directory.serverCertificate, limit: ManagedAuthority.sizeLimit)
        let key = try DurableFile.readText(directory.serverKey, limit: ManagedAuthority.sizeLimit)
        if let chain = try? DurableFile.readText(staged, limit: ManagedAuthority.sizeLimit), let key,
            (try? TLSCredential(certificateChainPEM: chain, privateKeyPEM: key)) != nil,
            current.map({ isIssued($0, by: authority) }) ?? true
        {
            try DurableFile.adopt(directory.serverCertificate)
        } else {
            DurableFile.removeStaged(directory.serverCertificate)
        }
    }

    private static func isIssued(_ chain: String, by authority: CertificateAuthority) -> Bool {
        (try? X509Certificate(pem: chain)).map(authority.hasIssued) ?? false
    }
}

extension CertificateAuthority {
    /// Whether the certificate names this authority and its key. Every gateway's authority has the same name.
    fileprivate func hasIssued(_ issued: X509Certificate) -> Bool {
        issued.issuerDER == certificate.subjectDER
            && issued.authorityKeyIdentifier == certificate.subjectKeyIdentifier
    }
}
