import CGatewayOpenSSL

/// SHA-256 by OpenSSL, without allocation on our side.
enum SHA256Digest {
    /// Lends the 32 octets of the digest.
    static func withOctets<Result>(of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            let octets = digest.bindMemory(to: UInt8.self)
            // libcrypto's default provider always has SHA-256. Where none is loaded there is no identity
            // to give, and an invented one could be somebody's.
            guard gw_x509_sha256(bytes, bytes.count, octets.baseAddress) == 1 else {
                preconditionFailure("OpenSSL provides no SHA-256: no crypto provider is loaded")
            }
            return body(UnsafeRawBufferPointer(digest))
        }
    }
}
