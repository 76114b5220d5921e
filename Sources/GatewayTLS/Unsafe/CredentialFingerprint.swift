import CGatewayOpenSSL

extension CredentialStorage {
    /// The SHA-256 of the certificate's DER.
    var fingerprint: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = gw_tls_credential_fingerprint(pointer, buffer.baseAddress) == 1 ? 32 : 0
        }
    }
}
