/// A PKCS #10 certificate signing request (RFC 2986), read once.
///
/// Everything in it is a wish. Whoever signs decides which of its names to grant.
public struct SigningRequest: Hashable, Sendable, CustomStringConvertible {
    /// The largest signing request read, in characters of PEM or bytes of DER.
    public static let maximumSize = 16_384

    /// The encoding as received.
    public let der: [UInt8]
    /// The name it asks for.
    public let subject: DistinguishedName
    /// The key to be certified.
    public let publicKey: PublicKey
    /// The SubjectPublicKeyInfo in DER.
    public let publicKeyDER: [UInt8]
    /// The alternative names it asks for.
    public let alternativeNames: [GeneralName]
    /// Whether it is signed by the key it carries: proof that its maker holds the private key.
    public let provesPossession: Bool

    /// Reads a request in DER.
    ///
    /// One without proof of possession is read, too, for people to look at; it is never signed.
    public init(der: [UInt8]) throws(X509Error) {
        guard der.count <= Self.maximumSize else { throw Self.tooLarge(der.count, "bytes") }
        let handle = try RequestHandle(der: der)
        self.der = der
        self.subject = try handle.subject()
        self.publicKey = handle.publicKey()
        self.publicKeyDER = try handle.publicKeyDER()
        self.alternativeNames = try handle.alternativeNames()
        self.provesPossession = handle.isSignedByItsOwnKey
    }

    /// Reads the first request of a PEM text.
    public init(pem: String) throws(X509Error) {
        guard pem.utf8.count <= Self.maximumSize else { throw Self.tooLarge(pem.utf8.count, "characters") }
        var bodies = try PEM.decode(pem, label: PEM.request, limit: 1)
        if bodies.isEmpty { bodies = try PEM.decode(pem, label: "NEW " + PEM.request, limit: 1) }
        guard let der = bodies.first else {
            throw X509Error(
                code: .notPEM, message: "the text holds no -----BEGIN CERTIFICATE REQUEST----- block")
        }
        try self.init(der: der)
    }

    /// The subject and the key's kind.
    public var description: String { "SigningRequest(\(subject), \(publicKey))" }

    private static func tooLarge(_ count: Int, _ unit: String) -> X509Error {
        X509Error(
            code: .tooLarge,
            message: "the signing request has \(count) \(unit); at most \(maximumSize) are read")
    }
}
