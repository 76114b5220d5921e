/// What an issued certificate is for. It decides the extensions; requests never do.
enum CertificateProfile {
    /// Issues certificates; `pathLength`: how many authorities may follow below it.
    case authority(pathLength: Int)
    /// Authenticates a TLS client.
    case device
    /// Authenticates a TLS server.
    case server

    static let clientAuthentication = "1.3.6.1.5.5.7.3.2"
    static let serverAuthentication = "1.3.6.1.5.5.7.3.1"

    func keyUsage(_ key: PublicKey) -> KeyUsage {
        switch self {
        case .authority: [.keyCertificateSign, .crlSign]
        case .device: .digitalSignature
        // TLS 1.2's RSA key exchange, which small devices still speak, enciphers to the server's key.
        case .server: key.algorithm == .rsa ? [.digitalSignature, .keyEncipherment] : .digitalSignature
        }
    }

    var extendedKeyUsages: [String]? {
        switch self {
        case .authority: nil
        case .device: [Self.clientAuthentication]
        case .server: [Self.serverAuthentication]
        }
    }

    var allowsClient: Bool {
        if case .device = self { true } else { false }
    }
}
