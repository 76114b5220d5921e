/// Why a certificate does not verify, and to what the search came.
public struct CertificatePathFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; new codes may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A stable name, such as `expired`.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// The certificate, or one on the path, breaks RFC 5280's profile.
        public static let malformed = Code("malformed")
        /// No path leads to a trusted certificate.
        public static let untrusted = Code("untrusted")
        /// A signature does not verify.
        public static let badSignature = Code("badSignature")
        /// Past a notAfter.
        public static let expired = Code("expired")
        /// Before a notBefore.
        public static let notYetValid = Code("notYetValid")
        /// A key or signature is too weak, too large, or of a kind that is not accepted.
        public static let weakKey = Code("weakKey")
        /// Key usage or extended key usage forbids it.
        public static let wrongUsage = Code("wrongUsage")
        /// An issuer is no authority.
        public static let notAnAuthority = Code("notAnAuthority")
        /// More authorities follow than a path length, or the caller, allows.
        public static let pathTooLong = Code("pathTooLong")
        /// A name is outside what an authority may name.
        public static let nameConstraint = Code("nameConstraint")
        /// No acceptable certificate policy is left where one is required.
        public static let policy = Code("policy")
        /// A name that was asked for is not there.
        public static let nameMismatch = Code("nameMismatch")
        /// On a revocation list.
        public static let revoked = Code("revoked")
        /// No usable revocation list of an issuer.
        public static let revocationUnknown = Code("revocationUnknown")
        /// The search was given up: too many certificates or names to try.
        public static let tooMuchWork = Code("tooMuchWork")
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong with which certificate; one line, printable.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Code and message on one line.
    public var description: String { "\(code): \(message)" }
}
