import GatewayTLS
import X509Auth

/// A certificate with its key, ready to connect with: what a device holds, and what a thief takes.
struct DemoCredential: Sendable {
    /// The certificate's identity.
    let id: CertificateID
    /// The client's side of mutual TLS.
    let context: TLSContext

    /// - Parameters:
    ///   - authority: the one that the gateway's certificate must verify to.
    ///   - serverName: the name that it must carry.
    init(_ issued: IssuedCredential, trusting authority: X509Certificate, serverName: String) throws {
        id = issued.certificate.id
        context = try TLSContext(
            client: TLSClientConfiguration(
                credential: TLSCredential(
                    certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM),
                serverName: serverName, trustedAuthoritiesPEM: authority.pem))
    }

    /// Enough of the identity for a person to tell certificates apart.
    var shortID: String { String(id.string.prefix(8)) }
}
