/// One thing found in a file of certificates and the like, for people to look at.
public enum CredentialItem: Sendable {
    /// A certificate.
    case certificate(X509Certificate)
    /// A signing request.
    case request(SigningRequest)
    /// A revocation list.
    case revocationList(CertificateRevocationList)
    /// A private key, of which nothing is read; the PEM label says its form.
    case privateKey(label: String)
    /// Something else, by its PEM label.
    case other(label: String)
    /// Something that should have been one of these, and why it is none.
    case unreadable(label: String, X509Error)

    /// Finds everything in a file's bytes: PEM blocks in order, at most 1,024, or a single DER structure.
    ///
    /// - Throws: ``X509Error`` where there is nothing at all, or a broken block.
    public static func items(_ bytes: [UInt8]) throws(X509Error) -> [CredentialItem] {
        guard let text = String(validating: bytes, as: UTF8.self), text.contains("-----BEGIN ") else {
            return [try single(bytes)]
        }
        return try PEM.blocks(text).map(item)
    }

    private static func single(_ der: [UInt8]) throws(X509Error) -> CredentialItem {
        let certificateError: X509Error
        do {
            return .certificate(try X509Certificate(der: der))
        } catch {
            certificateError = error
        }
        if let request = try? SigningRequest(der: der) { return .request(request) }
        if let list = try? CertificateRevocationList(der: der) { return .revocationList(list) }
        guard certificateError.code == .notDER else {
            return .unreadable(label: PEM.certificate, certificateError)
        }
        throw X509Error(
            code: .notDER,
            message: "there is no certificate, signing request or revocation list, neither in PEM nor in DER")
    }

    private static func item(label: String, body: [UInt8]) -> CredentialItem {
        do throws(X509Error) {
            switch label {
            case PEM.certificate, "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
                return .certificate(try X509Certificate(der: body))
            case PEM.request, "NEW " + PEM.request: return .request(try SigningRequest(der: body))
            case PEM.revocationList: return .revocationList(try CertificateRevocationList(der: body))
            default:
                let shown = PrintableText.escape(label, limit: 64)
                return label.contains("PRIVATE KEY") ? .privateKey(label: shown) : .other(label: shown)
            }
        } catch {
            return .unreadable(label: label, error)
        }
    }
}

extension X509Certificate {
    /// Whether a private key in PEM belongs to the certificate.
    ///
    /// - Throws: ``X509Error`` if the key cannot be read, or is encrypted and the passphrase does not open it.
    public func matches(privateKeyPEM: String, passphrase: String? = nil) throws(X509Error) -> Bool {
        try KeyHandle(pem: privateKeyPEM, passphrase: passphrase).matches(contents.handle())
    }
}
