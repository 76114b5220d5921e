import CGatewayOpenSSL

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
