import CGatewayOpenSSL

/// Digests that OCSP names things by.
enum MessageDigest {
    /// For look-ups alone: nothing may rest on its strength. Empty where OpenSSL provides none.
    static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        return gw_x509_sha1(bytes, bytes.count, &digest) == 1 ? digest : []
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        SHA256Digest.withOctets(of: bytes) { [UInt8]($0) }
    }
}
