import CGatewayOpenSSL

/// Owns a parsed credential.
///
/// Unchecked because it holds a pointer: OpenSSL counts references atomically, and nothing changes the
/// objects after `init`.
final class CredentialStorage: @unchecked Sendable {
    let pointer: OpaquePointer

    init(chain: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, passphrase: String?) throws(TLSError) {
        var fault = gw_tls_fault()
        let made = withOptionalCString(passphrase) { passphrase in
            gw_tls_credential_new(
                chain.assumingMemoryBound(to: CChar.self).baseAddress, chain.count,
                key.assumingMemoryBound(to: CChar.self).baseAddress, key.count, passphrase, &fault)
        }
        guard let made else { throw Self.error(fault, hasPassphrase: passphrase != nil) }
        pointer = made
    }

    deinit { gw_tls_credential_free(pointer) }

    /// "RSA", "EC", "ED25519", …
    var kind: String { String(cString: gw_tls_credential_kind(pointer)) }

    /// The subject, escaped to ASCII.
    var subject: String { stringFilled { gw_tls_credential_subject(pointer, $0, $1) } }

    /// The number of certificates above the leaf.
    var chainCount: Int { gw_tls_credential_chain_count(pointer) }

    private static func error(_ fault: gw_tls_fault, hasPassphrase: Bool) -> TLSError {
        let code: TLSError.Code
        let message: String
        switch fault.kind {
        case GW_TLS_FAULT_CERTIFICATE_UNREADABLE:
            code = .unreadableCredential
            message =
                "the certificate is not PEM that can be read; it must begin with the server's or client's "
                + "own certificate, between BEGIN CERTIFICATE and END CERTIFICATE"
        case GW_TLS_FAULT_CHAIN_UNREADABLE:
            code = .unreadableCredential
            message = "a certificate after the first one in the chain is damaged"
        case GW_TLS_FAULT_KEY_UNREADABLE:
            code = .unreadableCredential
            message = "the private key is not PEM that can be read"
        case GW_TLS_FAULT_KEY_ENCRYPTED:
            code = .unreadableCredential
            message =
                hasPassphrase
                ? "the private key cannot be decrypted with the passphrase given"
                : "the private key is encrypted and no passphrase was given"
        case GW_TLS_FAULT_KEY_MISMATCH:
            code = .keyMismatch
            message = "the private key does not belong to the certificate; pair each key with its own"
        default:
            code = .internalFailure
            message = "the credential could not be read"
        }
        return TLSError(
            code: code, openSSLReason: fault.words, sideAtFault: .local, message: message)
    }
}

/// The contents of a file, wiped when given back.
func withFileContents<Result>(
    _ path: String, _ what: String, _ body: (UnsafeRawBufferPointer) throws(TLSError) -> Result
) throws(TLSError) -> Result {
    let limit = 1 << 20
    var bytes: UnsafeMutablePointer<CChar>?
    var length = 0
    let failure = gw_tls_file_read(path, limit, &bytes, &length)
    guard failure == 0, let bytes else {
        throw TLSError(
            code: .unreadableCredential, sideAtFault: .local,
            message: "the \(what) file \"\(path)\" cannot be read: \(errorText(failure))")
    }
    defer { gw_tls_file_free(bytes, length) }
    return try body(UnsafeRawBufferPointer(start: bytes, count: length))
}

/// An errno value in words.
private func errorText(_ error: Int32) -> String { stringFilled { gw_tls_error_text(error, $0, $1) } }
