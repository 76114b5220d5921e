/// A certificate, the chain above it, and its private key.
public struct TLSCredential: Sendable {
    let storage: CredentialStorage

    /// Reads a credential from PEM text.
    ///
    /// - Parameters:
    ///   - certificateChainPEM: the certificate first, then those above it, if any.
    ///   - privateKeyPEM: its key, in any PEM form OpenSSL reads.
    ///   - passphrase: what an encrypted key is decrypted with. Nothing is ever asked on a terminal.
    /// - Throws: ``TLSError`` with `.unreadableCredential` or `.keyMismatch`.
    public init(
        certificateChainPEM: String, privateKeyPEM: String, passphrase: String? = nil
    ) throws(TLSError) {
        let result = withOptionalUTF8(certificateChainPEM) { chain in
            withOptionalUTF8(privateKeyPEM) { key in
                Result { () throws(TLSError) in
                    try CredentialStorage(chain: chain, key: key, passphrase: passphrase)
                }
            }
        }
        storage = try result.get()
    }

    /// Reads a credential from PEM files of at most 1 MiB each. Both may be the same file.
    ///
    /// - Throws: ``TLSError`` with `.unreadableCredential` or `.keyMismatch`; the message names the file.
    public init(
        certificateChainFile: String, privateKeyFile: String, passphrase: String? = nil
    ) throws(TLSError) {
        storage = try withFileContents(certificateChainFile, "certificate") { chain throws(TLSError) in
            try withFileContents(privateKeyFile, "private key") { key throws(TLSError) in
                do throws(TLSError) {
                    return try CredentialStorage(chain: chain, key: key, passphrase: passphrase)
                } catch {
                    var named = error
                    named.message += " (certificate \"\(certificateChainFile)\", key \"\(privateKeyFile)\")"
                    throw named
                }
            }
        }
    }

    /// The kind of key, as OpenSSL names it: "RSA", "EC", "ED25519".
    public var keyKind: String { storage.kind }

    /// The certificate's subject in RFC 2253 form, escaped to ASCII.
    public var subject: String { storage.subject }
}

extension TLSCredential: CustomStringConvertible, CustomReflectable {
    /// The subject and the kind of key; never the key.
    public var description: String { "\(subject) (\(keyKind), \(storage.chainCount) more in the chain)" }

    /// No children, so that dumping a configuration shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
