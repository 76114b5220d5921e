import CGatewayOpenSSL

/// Owns a parsed credential.
///
/// Unchecked because it holds a pointer: OpenSSL counts references atomically, and nothing changes the
/// objects after `init`.
final class CredentialStorage: @unchecked Sendable {
    let pointer: OpaquePointer
    let notBefore: Int64
    let notAfter: Int64

    private init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        var (notBefore, notAfter): (Int64, Int64) = (0, 0)
        gw_tls_credential_validity(pointer, &notBefore, &notAfter)
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// - Parameter isChecked: false only for tests that play a peer with a chain of nonsense.
    convenience init(
        chain: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, passphrase: TLSPassphrase?,
        isChecked: Bool = true
    ) throws(TLSError) {
        self.init(
            try Self.reading(passphrase) { owner, fault in
                gw_tls_credential_read(
                    chain.assumingMemoryBound(to: UInt8.self).baseAddress, chain.count,
                    key.assumingMemoryBound(to: UInt8.self).baseAddress, key.count, isChecked ? 1 : 0,
                    fillPassphrase, owner, &fault)
            })
    }

    convenience init(pkcs12: UnsafeRawBufferPointer, passphrase: TLSPassphrase?) throws(TLSError) {
        self.init(
            try Self.reading(passphrase) { owner, fault in
                gw_tls_credential_read_pkcs12(
                    pkcs12.assumingMemoryBound(to: UInt8.self).baseAddress, pkcs12.count, fillPassphrase,
                    owner, &fault)
            })
    }

    convenience init(
        certificateURI: String, keyURI: String, passphrase: TLSPassphrase?
    ) throws(TLSError) {
        self.init(
            try Self.reading(passphrase) { owner, fault in
                certificateURI.withCString { certificate in
                    keyURI.withCString { key in
                        gw_tls_credential_read_store(certificate, key, fillPassphrase, owner, &fault)
                    }
                }
            })
    }

    deinit { gw_tls_credential_free(pointer) }

    /// "RSA", "EC", "ED25519", …
    var kind: String { String(cString: gw_tls_credential_kind(pointer)) }

    /// The subject, escaped to ASCII.
    var subject: String { stringFilled { gw_tls_credential_subject(pointer, $0, $1) } }

    /// The number of certificates above the leaf.
    var chainCount: Int { gw_tls_credential_chain_count(pointer) }

    /// Checks an OCSP response about this certificate.
    func check(staple: [UInt8], issuer: [UInt8]) throws(TLSError) -> StapleFacts {
        var fault = gw_tls_fault()
        var facts = gw_tls_staple_facts()
        guard gw_tls_staple_check(pointer, staple, staple.count, issuer, issuer.count, &facts, &fault) == 1
        else { throw TLSError(staple: fault, subject: subject) }
        return StapleFacts(
            thisUpdate: facts.this_update, nextUpdate: facts.next_update == .max ? nil : facts.next_update,
            end: facts.end)
    }

    /// The same credential with an OCSP response.
    func stapled(_ staple: TLSStaple) throws(TLSError) -> CredentialStorage {
        var fault = gw_tls_fault()
        let (der, issuer) = (staple.der, staple.issuer)
        guard
            let stapled = gw_tls_credential_stapled(
                pointer, der, der.count, issuer, issuer.count, &fault)
        else { throw TLSError(staple: fault, subject: subject) }
        return CredentialStorage(stapled)
    }

    private static func reading(
        _ passphrase: TLSPassphrase?,
        _ body: (UnsafeMutableRawPointer, inout gw_tls_fault) -> OpaquePointer?
    ) throws(TLSError) -> OpaquePointer {
        var fault = gw_tls_fault()
        let question = PassphraseQuestion(passphrase)
        let made = withExtendedLifetime(question) {
            body(Unmanaged.passUnretained(question).toOpaque(), &fault)
        }
        if let made { return made }
        throw question.failure ?? TLSError(credential: fault, passphrase: passphrase)
    }
}

/// The times of an OCSP response, in Unix seconds.
struct StapleFacts {
    var thisUpdate: Int64
    var nextUpdate: Int64?
    var end: Int64
}

/// A passphrase on its way to C, and what went wrong with it.
private final class PassphraseQuestion {
    let passphrase: TLSPassphrase?
    var failure: TLSError?

    init(_ passphrase: TLSPassphrase?) { self.passphrase = passphrase }

    func answer(_ buffer: UnsafeMutableRawBufferPointer) -> Int32 {
        do {
            guard let count = try passphrase?.fill(buffer) else { return -1 }
            return Int32(min(max(count, 0), buffer.count))
        } catch {
            failure = error
            return -1
        }
    }
}

private let fillPassphrase: gw_tls_ask = { owner, buffer, size in
    guard let owner, let buffer else { return -1 }
    return Unmanaged<PassphraseQuestion>.fromOpaque(owner).takeUnretainedValue()
        .answer(UnsafeMutableRawBufferPointer(start: buffer, count: size))
}

/// The contents of a file, wiped when given back.
func withFileContents<Result>(
    _ path: String, _ what: String, limit: Int = 1 << 20,
    _ body: (UnsafeRawBufferPointer) throws(TLSError) -> Result
) throws(TLSError) -> Result {
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
