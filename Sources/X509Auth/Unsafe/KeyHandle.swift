import CGatewayOpenSSL

/// A private key in OpenSSL's hands, owned.
///
/// `@unchecked Sendable`: never changed after `init`; OpenSSL signs with one key from many threads, each
/// call with a context of its own.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(generate kind: KeyKind) throws(X509Error) {
        let pointer: OpaquePointer? =
            switch kind {
            case .p256: gw_x509_key_generate(GW_X509_GENERATE_P256, 0)
            case .p384: gw_x509_key_generate(GW_X509_GENERATE_P384, 0)
            case .rsa2048: gw_x509_key_generate(GW_X509_GENERATE_RSA, 2048)
            case .rsa3072: gw_x509_key_generate(GW_X509_GENERATE_RSA, 3072)
            case .rsa4096: gw_x509_key_generate(GW_X509_GENERATE_RSA, 4096)
            }
        guard let pointer else {
            throw X509Error(
                code: .internalFailure, message: "OpenSSL could not make a \(kind.rawValue) key")
        }
        self.pointer = pointer
    }

    init(pem: String, passphrase: String?) throws(X509Error) {
        var pem = pem
        var needsPassphrase: Int32 = 0
        let pointer: OpaquePointer? = pem.withUTF8 { text in
            guard var passphrase else {
                return gw_x509_key_from_pem(text.baseAddress, text.count, nil, 0, &needsPassphrase)
            }
            return passphrase.withUTF8 { secret in
                gw_x509_key_from_pem(
                    text.baseAddress, text.count, secret.baseAddress, secret.count, &needsPassphrase)
            }
        }
        guard let pointer else {
            if needsPassphrase == 1 {
                throw X509Error(
                    code: .passphraseNeeded,
                    message: passphrase == nil
                        ? "the private key is encrypted; give its passphrase"
                        : "the passphrase does not open the private key")
            }
            throw X509Error(
                code: .unreadableKey, message: "the text holds no private key in PEM that OpenSSL can read")
        }
        self.pointer = pointer
    }

    deinit {
        gw_x509_key_free(pointer)
    }

    func matches(_ certificate: CertificateHandle) -> Bool {
        withExtendedLifetime(certificate) {
            gw_x509_key_matches(pointer, certificate.pointer) == 1
        }
    }

    /// PKCS #8, unencrypted.
    func pem() throws(X509Error) -> String {
        var count = 0
        guard let text = OwnedBytes.takeText(gw_x509_key_to_pem(pointer, nil, 0, &count), count) else {
            throw X509Error(code: .internalFailure, message: "OpenSSL could not encode the private key")
        }
        return text
    }

    /// PKCS #8, encrypted with AES-256 under a key that PBKDF2 derives from the passphrase.
    func encryptedPEM(passphrase: String) throws(X509Error) -> String {
        guard (8...1_024).contains(passphrase.utf8.count) else {
            throw X509Error(
                code: .invalidArgument, message: "the passphrase must have 8 to 1,024 bytes of UTF-8")
        }
        var passphrase = passphrase
        var count = 0
        let text = passphrase.withUTF8 { secret in
            OwnedBytes.takeText(
                gw_x509_key_to_pem(pointer, secret.baseAddress, secret.count, &count), count)
        }
        guard let text else {
            throw X509Error(code: .internalFailure, message: "OpenSSL could not encrypt the private key")
        }
        return text
    }
}
