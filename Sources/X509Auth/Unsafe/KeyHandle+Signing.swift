import CGatewayOpenSSL

extension KeyHandle {
    /// SubjectPublicKeyInfo in DER.
    func publicKeyDER() throws(X509Error) -> [UInt8] {
        var count = 0
        guard let der = OwnedBytes.take(gw_x509_key_public_info(pointer, &count), count) else {
            throw X509Error(code: .internalFailure, message: "OpenSSL could not encode the public key")
        }
        return der
    }

    /// The AlgorithmIdentifier, in DER, of the signatures this key makes.
    func signatureAlgorithm() throws(X509Error) -> [UInt8] {
        var count = 0
        guard let der = OwnedBytes.take(gw_x509_key_signature_algorithm(pointer, &count), count) else {
            throw X509Error(
                code: .unacceptableKey, message: "the private key is of a kind that cannot sign certificates")
        }
        return der
    }

    func sign(_ content: [UInt8]) throws(X509Error) -> [UInt8] {
        var count = 0
        let signature = content.withUnsafeBufferPointer {
            OwnedBytes.take(gw_x509_key_sign(pointer, $0.baseAddress, $0.count, &count), count)
        }
        guard let signature else {
            throw X509Error(code: .internalFailure, message: "OpenSSL could not sign the certificate")
        }
        return signature
    }
}
