/// Why a certificate, request, key or name could not be read or made.
///
/// Errors of this type concern the material handed in; a verdict on a connecting device is an
/// ``X509Rejection``.
public struct X509Error: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; new codes may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A stable name, such as `notDER`.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// The text holds no PEM block of the wanted kind, or a broken one.
        public static let notPEM = Code("notPEM")
        /// The bytes are not one DER structure of the wanted kind.
        public static let notDER = Code("notDER")
        /// The bytes decode, but encode differently: such a certificate would have two identities.
        public static let notCanonical = Code("notCanonical")
        /// An extension is malformed, repeated or contradicts another.
        public static let invalidExtension = Code("invalidExtension")
        /// A name, date or number inside the certificate cannot be read.
        public static let invalidField = Code("invalidField")
        /// Larger than any real certificate; see ``X509Certificate/maximumSize``.
        public static let tooLarge = Code("tooLarge")
        /// The private key cannot be read.
        public static let unreadableKey = Code("unreadableKey")
        /// The private key is encrypted and no, or a wrong, passphrase was given.
        public static let passphraseNeeded = Code("passphraseNeeded")
        /// The private key belongs to another certificate.
        public static let keyMismatch = Code("keyMismatch")
        /// The certificate may not sign others.
        public static let notAnAuthority = Code("notAnAuthority")
        /// A signing request is not signed by the key it carries.
        public static let noProofOfPossession = Code("noProofOfPossession")
        /// A key is too weak, too large or of a kind that is not accepted.
        public static let unacceptableKey = Code("unacceptableKey")
        /// An argument for a new certificate is unusable: name, address or dates.
        public static let invalidArgument = Code("invalidArgument")
        /// A revocation list or OCSP response is not signed by the authority it is loaded for.
        public static let untrustedList = Code("untrustedList")
        /// A revocation list is older than the one in force, or a delta list without its base.
        public static let staleList = Code("staleList")
        /// A revocation list of a kind that is not understood: indirect, partial, or with unknown critical
        /// extensions.
        public static let unsupportedList = Code("unsupportedList")
        /// The store refuses: unknown certificate, or a status change that is not possible.
        public static let refused = Code("refused")
        /// OpenSSL failed where only lack of memory or of randomness explains it.
        public static let internalFailure = Code("internalFailure")
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong and what to do, for an operator. Never contains key material.
    public let message: String

    /// Creates an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Code and message on one line.
    public var description: String {
        "\(code): \(message)"
    }
}
