/// What a certificate is verified for (RFC 5280 4.2.1.3, 4.2.1.12).
public enum CertificatePurpose: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Authenticating a TLS client.
    case tlsClient
    /// Authenticating a TLS server; its name is not looked at.
    case tlsServer
    /// Nothing in particular: extended key usages are not looked at.
    case any

    /// `for TLS clients`
    public var description: String {
        switch self {
        case .tlsClient: "for TLS clients"
        case .tlsServer: "for TLS servers"
        case .any: "for any purpose"
        }
    }

    var extendedKeyUsage: String? {
        switch self {
        case .tlsClient: "1.3.6.1.5.5.7.3.2"
        case .tlsServer: "1.3.6.1.5.5.7.3.1"
        case .any: nil
        }
    }

    static let anyUsage = "2.5.29.37.0"

    func isAllowed(by usage: KeyUsage) -> Bool {
        switch self {
        case .tlsClient: !usage.isDisjoint(with: [.digitalSignature, .keyAgreement])
        case .tlsServer: !usage.isDisjoint(with: [.digitalSignature, .keyAgreement, .keyEncipherment])
        case .any: true
        }
    }
}
