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

    /// PKCS #8, encrypted with AES-256 under a key derived from the passphrase.
    func encryptedPEM(passphrase: String) throws(X509Error) -> String {
        var passphrase = passphrase
        var count = 0
        let text = passphrase.withUTF8 { secret in
            OwnedBytes.takeText(
                gw_x509_key_to_pem(pointer, secret.baseAddress, secret.count, &count), count)
        }
        guard let text else {
            throw X509Error(
                code: .invalidArgument,
                message: "the private key cannot be encrypted with this passphrase; use 4 to 1,024 bytes")
        }
        return text
    }
}

/// A PKCS #10 signing request, owned.
final class RequestHandle {
    fileprivate let pointer: OpaquePointer
    let publicKey: PublicKey

    init(pem: String) throws(X509Error) {
        guard pem.utf8.count <= CertificateAuthority.maximumRequestSize else {
            throw X509Error(
                code: .tooLarge,
                message:
                    "the signing request has \(pem.utf8.count) characters; at most \(CertificateAuthority.maximumRequestSize) are read"
            )
        }
        var bodies = try PEM.decode(pem, label: "CERTIFICATE REQUEST", limit: 1)
        if bodies.isEmpty {
            bodies = try PEM.decode(pem, label: "NEW CERTIFICATE REQUEST", limit: 1)
        }
        guard let der = bodies.first else {
            throw X509Error(
                code: .notPEM, message: "the text holds no -----BEGIN CERTIFICATE REQUEST----- block")
        }
        guard let pointer = gw_x509_request_parse(der, der.count) else {
            throw X509Error(code: .notDER, message: "the block is not a PKCS #10 signing request in DER")
        }
        self.pointer = pointer
        var facts = gw_x509_key_facts()
        let curve: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress,
                gw_x509_request_key(pointer, &facts, base, buffer.count) == 1
            else { return nil }
            return String(cString: base)
        }
        self.publicKey = PublicKey(facts, curve: curve)
    }

    deinit {
        gw_x509_request_free(pointer)
    }

    var isSignedByItsOwnKey: Bool {
        gw_x509_request_verify(pointer) == 1
    }

    func subject() throws(X509Error) -> DistinguishedName {
        var count = 0
        guard let der = OwnedBytes.take(gw_x509_request_subject(pointer, &count), count) else {
            throw X509Error(code: .invalidField, message: "the signing request's subject cannot be read")
        }
        return try DistinguishedName(der: der)
    }
}

extension CertificateBuilder {
    func setKey(of request: RequestHandle) throws(X509Error) {
        let done = withExtendedLifetime(request) {
            gw_x509_builder_request_key(pointer, request.pointer)
        }
        guard done == 1 else {
            throw X509Error(code: .unacceptableKey, message: "the signing request's key cannot be used")
        }
    }
}
