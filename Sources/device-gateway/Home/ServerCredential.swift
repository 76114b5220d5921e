import GatewayTLS
import X509Auth

/// The certificate that devices see, renewed by the managed authority when it must be.
struct ServerCredential {
    let credential: TLSCredential
    let certificate: X509Certificate
    /// Why it was issued just now; nil when it was found in order.
    let issued: IssueReason?

    /// Why a server certificate was issued.
    enum IssueReason: Equatable {
        case missing
        case damaged
        case keyMismatch
        case expiring(Int64)
        case namesChanged([String])

        var explanation: String {
            switch self {
            case .missing: "there was none"
            case .damaged: "the old one could not be read"
            case .keyMismatch: "the old one did not match its key"
            case .expiring(let date): "the old one expires on \(Timestamp.text(date))"
            case .namesChanged(let names): "this machine is now also called \(names.joined(separator: ", "))"
            }
        }
    }

    /// Five years; renewed when less than ninety days are left.
    static let lifetime: Int64 = 5 * 365 * 86_400
    static let renewalWindow: Int64 = 90 * 86_400

    /// Reads the server's credential, issuing a new one if there is none or it won't do.
    ///
    /// A certificate from another authority was put there by the operator; it is used as it is and
    /// never replaced.
    static func open(
        _ directory: GatewayDirectory, authority: CertificateAuthority, names: MachineNames, now: Int64
    ) throws -> ServerCredential {
        let chain = try DurableFile.readText(directory.serverCertificate, limit: ManagedAuthority.sizeLimit)
        let key = try DurableFile.readText(directory.serverKey, limit: ManagedAuthority.sizeLimit)
        guard let chain else {
            return try issue(directory, authority: authority, names: names, now: now, reason: .missing)
        }
        guard let certificate = try? X509Certificate(pem: chain) else {
            return try issue(directory, authority: authority, names: names, now: now, reason: .damaged)
        }
        let isManaged = certificate.issuerDER == authority.certificate.subjectDER
        let credential: TLSCredential
        do {
            credential = try TLSCredential(certificateChainPEM: chain, privateKeyPEM: key ?? "")
        } catch {
            guard isManaged else {
                throw CommandFailure(
                    "\(directory.serverCertificate), which another authority issued, can't be used with "
                        + "\(directory.serverKey): \(error.message) Put the matching pair there, or remove both "
                        + "files to have the gateway issue its own.")
            }
            return try issue(directory, authority: authority, names: names, now: now, reason: .keyMismatch)
        }
        if isManaged {
            if certificate.notAfter - now < renewalWindow {
                let reason = IssueReason.expiring(certificate.notAfter)
                return try issue(directory, authority: authority, names: names, now: now, reason: reason)
            }
            let missing = names.missing(in: certificate)
            if !missing.isEmpty {
                return try issue(
                    directory, authority: authority, names: names, now: now, reason: .namesChanged(missing))
            }
        }
        return ServerCredential(credential: credential, certificate: certificate, issued: nil)
    }

    /// Key first: a crash between the two leaves a pair that does not match, which the next start renews.
    private static func issue(
        _ directory: GatewayDirectory, authority: CertificateAuthority, names: MachineNames, now: Int64,
        reason: IssueReason
    ) throws -> ServerCredential {
        let issued = try authority.issueServer(
            commonName: names.dnsNames.last ?? "localhost", dnsNames: names.dnsNames,
            ipAddresses: names.ipAddresses, notBefore: now - ManagedAuthority.clockTolerance,
            notAfter: min(now + lifetime, authority.certificate.notAfter), key: .p256)
        try DurableFile.replace(directory.serverKey, with: issued.privateKeyPEM, mode: 0o600)
        try DurableFile.replace(directory.serverCertificate, with: issued.certificatePEM, mode: 0o644)
        return ServerCredential(
            credential: try TLSCredential(
                certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM),
            certificate: issued.certificate, issued: reason)
    }
}
