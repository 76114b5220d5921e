import CGatewayOpenSSL

/// One signature, verified by OpenSSL.
enum SignatureVerification {
    enum Result {
        case verified, unverified, weak, failedInternally
    }

    static func verify(
        algorithm: [UInt8], signature: ArraySlice<UInt8>, content: ArraySlice<UInt8>,
        signer: CertificateHandle, minimumBits: Int32
    ) -> Result {
        let result = withExtendedLifetime(signer) {
            signature.withUnsafeBufferPointer { signature in
                content.withUnsafeBufferPointer { content in
                    gw_x509_signature_verify(
                        algorithm, algorithm.count, signature.baseAddress, signature.count,
                        content.baseAddress, content.count, signer.pointer, minimumBits)
                }
            }
        }
        return Self.result(result)
    }

    private static func result(_ result: gw_x509_signature_result) -> Result {
        switch result {
        case GW_X509_SIGNATURE_GOOD: .verified
        case GW_X509_SIGNATURE_WEAK: .weak
        case GW_X509_SIGNATURE_INTERNAL: .failedInternally
        default: .unverified
        }
    }
}
