@testable import X509Auth

/// Signing requests with any content.
enum ForgedRequest {
    static func der(
        subject: [UInt8] = DER.commonName("from-csr"), key: ForgeKey, signer: ForgeKey? = nil,
        publicKey: [UInt8]? = nil, attributes: [UInt8] = []
    ) throws -> [UInt8] {
        let information = DER.sequence(
            DER.tlv(0x02, [0]), subject, publicKey ?? key.publicKey, DER.explicit(0, attributes))
        return DER.sequence(
            information, Forge.ecdsaSHA256, DER.bits(try (signer ?? key).sign(information)))
    }

    static func pem(
        subject: [UInt8] = DER.commonName("from-csr"), key: ForgeKey, signer: ForgeKey? = nil,
        publicKey: [UInt8]? = nil, attributes: [UInt8] = [], label: String = "CERTIFICATE REQUEST"
    ) throws -> String {
        PEM.encode(
            try der(
                subject: subject, key: key, signer: signer, publicKey: publicKey, attributes: attributes),
            label: label)
    }

    static func make(key: ForgeKey, attributes: [UInt8] = []) throws -> SigningRequest {
        try SigningRequest(der: der(key: key, attributes: attributes))
    }

    /// The attribute that asks for extensions (PKCS #9 extensionRequest).
    static func wish(_ extensions: [UInt8]...) -> [UInt8] {
        DER.sequence(
            DER.oid("1.2.840.113549.1.9.14"), DER.set(DER.tlv(0x30, extensions.flatMap(\.self))))
    }
}
