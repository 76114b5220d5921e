import COpenSSL
import Testing
import X509Auth

/// A certificate revocation list as an authority would issue it (RFC 5280 5.1).
struct TestRevocationList {
    var number: UInt8
    var base: UInt8?
    var serialNumbers: [[UInt8]]
    var thisUpdate: Int64
    var nextUpdate: Int64

    func signed(issuerDER: [UInt8], privateKeyPEM: String) throws -> CertificateRevocationList {
        let content = Self.tlv(
            0x30,
            Self.tlv(0x02, [1]) + Self.algorithm + issuerDER + Self.time(thisUpdate) + Self.time(nextUpdate)
                + (serialNumbers.isEmpty ? [] : Self.tlv(0x30, serialNumbers.flatMap(entry)))
                + Self.tlv(0xa0, Self.tlv(0x30, extensions)))
        let signature = try Self.sign(content, privateKeyPEM)
        return try CertificateRevocationList(
            der: Self.tlv(0x30, content + Self.algorithm + Self.tlv(0x03, [0] + signature)))
    }

    private func entry(_ serialNumber: [UInt8]) -> [UInt8] {
        let octets = (serialNumber.first ?? 0) < 0x80 ? serialNumber : [0] + serialNumber
        return Self.tlv(0x30, Self.tlv(0x02, octets) + Self.time(thisUpdate))
    }

    private var extensions: [UInt8] {
        let number = Self.tlv(
            0x30, [0x06, 3, 0x55, 0x1d, 20] + Self.tlv(0x04, Self.tlv(0x02, [number])))
        guard let base else { return number }
        return number
            + Self.tlv(
                0x30, [0x06, 3, 0x55, 0x1d, 27, 0x01, 1, 0xff] + Self.tlv(0x04, Self.tlv(0x02, [base])))
    }

    /// ecdsa-with-SHA256
    static let algorithm: [UInt8] = [0x30, 10, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]

    static func tlv(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 128
            ? [UInt8(count)]
            : count < 256 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xff)]
        return [tag] + length + content
    }

    /// UTCTime; the tests' times lie before 2050.
    private static func time(_ seconds: Int64) -> [UInt8] {
        let object = ASN1_TIME_set(nil, time_t(seconds))
        defer { ASN1_STRING_free(object) }
        var der: UnsafeMutablePointer<UInt8>?
        let count = i2d_ASN1_TIME(object, &der)
        defer { CRYPTO_free(der, #file, #line) }
        return Array(UnsafeBufferPointer(start: der, count: max(0, Int(count))))
    }

    static func sign(_ bytes: [UInt8], _ pem: String) throws -> [UInt8] {
        // The buffer is read in place: it has to outlive the call that makes the source.
        let parsed = Array(pem.utf8).withUnsafeBytes { bytes in
            let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(source) }
            return PEM_read_bio_PrivateKey(source, nil, nil, nil)
        }
        let key = try #require(parsed)
        defer { EVP_PKEY_free(key) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        try #require(EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1)
        var signature = [UInt8](repeating: 0, count: 256)
        var count = signature.count
        try #require(EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1)
        return Array(signature.prefix(count))
    }
}
