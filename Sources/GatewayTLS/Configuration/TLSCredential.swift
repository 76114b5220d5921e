/// A certificate, the chain above it, and its private key.
///
/// Reading one checks that the key belongs to the certificate and that the chain is in order: the server's
/// or client's own certificate first, then each certificate's issuer, ten in all at most (RFC 8446,
/// section 4.4.2); the root may be left out. It does not look at a clock: ``check(at:)`` does.
public struct TLSCredential: Sendable {
    let storage: CredentialStorage
    /// The files or URIs it was read from, for messages; nil when it came from memory.
    public let source: String?
    /// The OCSP response sent along with the certificate, if any. See ``stapling(_:)``.
    public let staple: TLSStaple?

    init(storage: CredentialStorage, source: String?, staple: TLSStaple? = nil) {
        self.storage = storage
        self.source = source
        self.staple = staple
    }

    /// Reads a credential from PEM text.
    ///
    /// - Parameters:
    ///   - certificateChainPEM: the certificate first, then those above it, if any.
    ///   - privateKeyPEM: its key: PKCS#8, encrypted PKCS#8, or a traditional form.
    ///   - passphrase: what an encrypted key is decrypted with.
    /// - Throws: ``TLSError`` with `.unreadableCredential`, `.wrongPassphrase`, `.brokenChain` or `.keyMismatch`.
    public init(
        certificateChainPEM: String, privateKeyPEM: String, passphrase: TLSPassphrase? = nil
    ) throws(TLSError) {
        let result = withOptionalUTF8(certificateChainPEM) { chain in
            withOptionalUTF8(privateKeyPEM) { key in
                Result { () throws(TLSError) in
                    try CredentialStorage(chain: chain, key: key, passphrase: passphrase)
                }
            }
        }
        self.init(storage: try result.get(), source: nil)
    }

    /// Reads a credential from DER.
    ///
    /// - Parameters:
    ///   - chainDER: the certificate first, then those above it, if any.
    ///   - privateKeyDER: its key: PKCS#8, encrypted PKCS#8, or a traditional form.
    ///   - passphrase: what an encrypted key is decrypted with.
    /// - Throws: ``TLSError`` with `.unreadableCredential`, `.wrongPassphrase`, `.brokenChain` or `.keyMismatch`.
    public init(
        chainDER: [[UInt8]], privateKeyDER: [UInt8], passphrase: TLSPassphrase? = nil
    ) throws(TLSError) {
        let result = chainDER.flatMap { $0 }.withUnsafeBytes { chain in
            privateKeyDER.withUnsafeBytes { key in
                Result { () throws(TLSError) in
                    try CredentialStorage(chain: chain, key: key, passphrase: passphrase)
                }
            }
        }
        self.init(storage: try result.get(), source: nil)
    }

    /// Reads a credential from PKCS#12 (RFC 7292): one key, its certificate, and those above it in any order.
    ///
    /// - Throws: ``TLSError`` with `.unreadableCredential`, which for a file under an algorithm of old says
    ///   how to convert it, `.wrongPassphrase`, `.brokenChain` or `.keyMismatch`.
    public init(pkcs12: [UInt8], passphrase: TLSPassphrase? = nil) throws(TLSError) {
        let result = pkcs12.withUnsafeBytes { bytes in
            Result { () throws(TLSError) in try CredentialStorage(pkcs12: bytes, passphrase: passphrase) }
        }
        self.init(storage: try result.get(), source: nil)
    }

    /// Reads a credential from files of at most 1 MiB each, PEM or DER. Both may be the same PEM file.
    ///
    /// - Throws: as the others; the message names the files.
    public init(
        certificateChainFile: String, privateKeyFile: String, passphrase: TLSPassphrase? = nil
    ) throws(TLSError) {
        let source = "certificate \"\(certificateChainFile)\", key \"\(privateKeyFile)\""
        let storage = try withFileContents(certificateChainFile, "certificate") { chain throws(TLSError) in
            try withFileContents(privateKeyFile, "private key") { key throws(TLSError) in
                try naming(source) { () throws(TLSError) in
                    try CredentialStorage(chain: chain, key: key, passphrase: passphrase)
                }
            }
        }
        self.init(storage: storage, source: source)
    }

    /// Reads a credential from a PKCS#12 file of at most 1 MiB.
    ///
    /// - Throws: as ``init(pkcs12:passphrase:)``; the message names the file.
    public init(pkcs12File: String, passphrase: TLSPassphrase? = nil) throws(TLSError) {
        let source = "PKCS#12 \"\(pkcs12File)\""
        let storage = try withFileContents(pkcs12File, "PKCS#12") { bytes throws(TLSError) in
            try naming(source) { () throws(TLSError) in
                try CredentialStorage(pkcs12: bytes, passphrase: passphrase)
            }
        }
        self.init(storage: storage, source: source)
    }

    /// Reads a credential through OpenSSL's stores: `file:` URIs, and those of the providers that the
    /// system's OpenSSL configuration loads, such as `pkcs11:` (RFC 7512) for keys that never leave a
    /// hardware module.
    ///
    /// - Parameters:
    ///   - certificateURI: where the certificate and those above it are, in order.
    ///   - keyURI: where the key is; may be the same.
    ///   - passphrase: what an encrypted key, or the module's PIN, is.
    /// - Throws: as the others; the message names the URIs without their query, which may hold a PIN.
    public init(
        certificateURI: String, keyURI: String, passphrase: TLSPassphrase? = nil
    ) throws(TLSError) {
        for uri in [certificateURI, keyURI] where !isStoreURI(uri) {
            throw TLSError(
                code: .unreadableCredential, sideAtFault: .local,
                message: "\"\(withoutSecrets(uri))\" is no URI of a certificate or key; "
                    + "write file:/path or, for a hardware module, pkcs11:…")
        }
        let source =
            "certificate \"\(withoutSecrets(certificateURI))\", key \"\(withoutSecrets(keyURI))\""
        let storage = try naming(source) { () throws(TLSError) in
            try CredentialStorage(certificateURI: certificateURI, keyURI: keyURI, passphrase: passphrase)
        }
        self.init(storage: storage, source: source)
    }

    /// The kind of key, as OpenSSL names it: "RSA", "EC", "ED25519".
    public var keyKind: String { storage.kind }

    /// The certificate's subject in RFC 2253 form, escaped to ASCII.
    public var subject: String { storage.subject }

    /// The first second the certificate is valid, in Unix seconds.
    public var notBefore: Int64 { storage.notBefore }

    /// The last second the certificate is valid, in Unix seconds.
    public var notAfter: Int64 { storage.notAfter }

    /// Checks the certificate's validity period (RFC 5280, section 4.1.2.5: both ends included).
    ///
    /// - Parameter now: Unix seconds.
    /// - Throws: ``TLSError`` with `.expiredCredential` naming the subject, the date, and the file if there
    ///   is one.
    public func check(at now: Int64) throws(TLSError) {
        let problem: String
        if now < notBefore {
            problem = "is not valid before \(utcText(notBefore))"
        } else if now > notAfter {
            problem = "expired on \(utcText(notAfter))"
        } else {
            return
        }
        let place = source.map { " (\($0))" } ?? ""
        throw TLSError(
            code: .expiredCredential, sideAtFault: .local,
            message: "the certificate of \(subject) \(problem)\(place); it is now \(utcText(now))")
    }
}

extension TLSCredential: CustomStringConvertible, CustomReflectable {
    /// The subject and the kind of key; never the key.
    public var description: String { "\(subject) (\(keyKind), \(storage.chainCount) more in the chain)" }

    /// No children, so that dumping a configuration shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Adds where a credential came from to what is wrong with it.
private func naming<Value>(
    _ source: String, _ body: () throws(TLSError) -> Value
) throws(TLSError) -> Value {
    do {
        return try body()
    } catch {
        var named = error
        named.message += " (\(source))"
        throw named
    }
}

/// RFC 3986, section 3.1; without a scheme OpenSSL would take the text for a file's name.
private func isStoreURI(_ uri: String) -> Bool {
    guard let colon = uri.utf8.firstIndex(of: UInt8(ascii: ":")), !uri.utf8.contains(0) else { return false }
    let scheme = uri[..<colon]
    return scheme.utf8.count > 1 && scheme.first?.isLetter == true
        && scheme.utf8.allSatisfy { isHostNameByte($0) || $0 == UInt8(ascii: "+") }
}

/// RFC 7512 lets the query hold a PIN.
private func withoutSecrets(_ uri: String) -> Substring { uri.prefix { $0 != "?" } }
