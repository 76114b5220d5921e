/// A new certificate and its private key.
public struct IssuedCredential: Sendable, CustomStringConvertible, CustomReflectable {
    /// The certificate.
    public let certificate: X509Certificate
    /// The private key, PKCS #8 PEM, unencrypted. Hand it to its owner and keep no copy.
    public let privateKeyPEM: String

    /// The certificate as PEM.
    public var certificatePEM: String { certificate.pem }

    /// The certificate; never the key.
    public var description: String {
        "IssuedCredential(\(certificate), private key withheld)"
    }

    /// The certificate; never the key, so that `dump` and test failures do not show it either.
    public var customMirror: Mirror {
        Mirror(self, children: ["certificate": certificate])
    }
}
