import CGatewayOpenSSL

/// What is read from a certificate in one go.
struct CertificateFacts: Sendable {
    let version: Int
    let notBefore: Int64
    let notAfter: Int64
    let isAuthority: Bool
    let pathLength: Int?
    let keyUsage: KeyUsage?
    let allowsClient: Bool
    let allowsIssuingClients: Bool
    let isSelfIssued: Bool
    let signatureBits: Int?
    let publicKey: PublicKey
}

/// OpenSSL's parsed certificate, owned.
///
/// `@unchecked Sendable`: the object is never changed after `init`, which also fills its cache of
/// extensions; what OpenSSL still counts inside (references) it counts atomically.
final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(der: [UInt8]) throws(X509Error) {
        guard der.count <= X509Certificate.maximumSize else {
            throw X509Error(
                code: .tooLarge,
                message:
                    "a certificate of \(der.count) bytes; at most \(X509Certificate.maximumSize) are read")
        }
        var result = GW_X509_NOT_DER
        guard let pointer = gw_x509_certificate_parse(der, der.count, &result) else {
            throw Self.error(result)
        }
        self.pointer = pointer
    }

    deinit {
        gw_x509_certificate_free(pointer)
    }

    enum Bytes {
        case issuer, subject, serial, subjectKeyIdentifier, authorityKeyIdentifier, publicKey

        fileprivate var code: gw_x509_bytes {
            switch self {
            case .issuer: GW_X509_BYTES_ISSUER
            case .subject: GW_X509_BYTES_SUBJECT
            case .serial: GW_X509_BYTES_SERIAL
            case .subjectKeyIdentifier: GW_X509_BYTES_SUBJECT_KEY
            case .authorityKeyIdentifier: GW_X509_BYTES_AUTHORITY_KEY
            case .publicKey: GW_X509_BYTES_PUBLIC_KEY
            }
        }
    }

    enum Text {
        case signature, curve
    }

    func facts() throws(X509Error) -> CertificateFacts {
        var facts = gw_x509_certificate_facts()
        guard gw_x509_certificate_describe(pointer, &facts) == 1 else {
            throw X509Error(code: .invalidField, message: "a validity date of the certificate cannot be read")
        }
        return CertificateFacts(
            version: Int(facts.version),
            notBefore: facts.not_before,
            notAfter: facts.not_after,
            isAuthority: facts.is_authority != 0,
            pathLength: facts.path_length < 0 ? nil : Int(facts.path_length),
            keyUsage: facts.key_usage == UInt32.max ? nil : KeyUsage(rawValue: facts.key_usage),
            allowsClient: facts.allows_client != 0,
            allowsIssuingClients: facts.allows_client_authority != 0,
            isSelfIssued: facts.is_self_issued != 0,
            signatureBits: facts.signature_bits > 0 ? Int(facts.signature_bits) : nil,
            publicKey: PublicKey(facts.key, curve: text(.curve)))
    }

    func bytes(_ which: Bytes) -> [UInt8]? {
        var count = 0
        return OwnedBytes.take(gw_x509_certificate_bytes(pointer, which.code, &count), count)
    }

    func required(_ which: Bytes) throws(X509Error) -> [UInt8] {
        guard let bytes = bytes(which) else {
            throw X509Error(code: .invalidField, message: "the certificate's \(which) cannot be read")
        }
        return bytes
    }

    func text(_ which: Text) -> String? {
        let code = which == .signature ? GW_X509_TEXT_SIGNATURE : GW_X509_TEXT_CURVE
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress,
                gw_x509_certificate_text(pointer, code, base, buffer.count) == 1
            else { return nil }
            return String(cString: base)
        }
    }

    func alternativeNames(ofIssuer: Bool) throws(X509Error) -> [GeneralName] {
        var malformed: Int32 = 0
        let list = FieldList(gw_x509_certificate_alternatives(pointer, ofIssuer ? 1 : 0, &malformed))
        guard malformed == 0 else {
            throw X509Error(
                code: .invalidExtension,
                message:
                    "the certificate's \(ofIssuer ? "issuer" : "subject") alternative names cannot be read")
        }
        guard let list else { return [] }
        var names: [GeneralName] = []
        names.reserveCapacity(list.count)
        for index in 0..<list.count {
            names.append(try GeneralName(list, index))
        }
        return names
    }

    func extendedKeyUsages() -> [String]? {
        FieldList(gw_x509_certificate_extended_usages(pointer)).map { list in
            (0..<list.count).map(list.label)
        }
    }

    private static func error(_ result: gw_x509_parse_result) -> X509Error {
        switch result {
        case GW_X509_TRAILING_BYTES:
            X509Error(code: .notDER, message: "bytes follow the certificate; hand in one certificate")
        case GW_X509_NOT_CANONICAL:
            X509Error(
                code: .notCanonical,
                message:
                    "the certificate is not in canonical DER, so its fingerprint is ambiguous; have it issued anew"
            )
        case GW_X509_INVALID_EXTENSIONS:
            X509Error(
                code: .invalidExtension,
                message: "an extension of the certificate is malformed, repeated or contradicts another")
        case GW_X509_NO_MEMORY:
            X509Error(code: .internalFailure, message: "OpenSSL could not encode the certificate")
        default:
            X509Error(code: .notDER, message: "the bytes are not an X.509 certificate in DER")
        }
    }
}
