import CGatewayOpenSSL

/// PEM blocks (RFC 7468).
enum PEM {
    static let certificate = "CERTIFICATE"
    static let revocationList = "X509 CRL"
    static let request = "CERTIFICATE REQUEST"
    static let maximumBlocks = 1024

    /// The bodies of all blocks with one label; a broken block of any label refuses the whole text.
    static func decode(_ text: String, label: String, limit: Int) throws(X509Error) -> [[UInt8]] {
        var text = text
        let list = text.withUTF8 { FieldList(gw_x509_pem_decode($0.baseAddress, $0.count, label, limit)) }
        guard let list else {
            throw X509Error(
                code: .notPEM,
                message: "the text holds a broken PEM block, or more than \(limit) of \(label)")
        }
        return (0..<list.count).map(list.bytes)
    }

    /// All blocks in order; private keys and encrypted blocks without their bodies.
    static func blocks(_ text: String) throws(X509Error) -> [(label: String, body: [UInt8])] {
        var text = text
        let list = text.withUTF8 {
            FieldList(gw_x509_pem_decode($0.baseAddress, $0.count, nil, maximumBlocks))
        }
        guard let list else {
            throw X509Error(
                code: .notPEM, message: "the text holds a broken PEM block, or more than \(maximumBlocks)")
        }
        return (0..<list.count).map { (list.label($0), list.bytes($0)) }
    }

    static func encode(_ der: [UInt8], label: String) -> String {
        var count = 0
        // Fails only for lack of memory.
        return OwnedBytes.takeText(gw_x509_pem_encode(label, der, der.count, &count), count) ?? ""
    }
}
