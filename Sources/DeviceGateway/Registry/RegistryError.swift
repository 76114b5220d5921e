public import IoTPolicy

/// Why a registry refused. The message says what, and what to do.
public struct RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Kinds of refusal. More may come.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Stable name in kebab case.
        public let rawValue: String

        /// Wraps a name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// What was named does not exist, or is not attached.
        public static let notFound = Code(rawValue: "not-found")
        /// The name is taken, with different contents.
        public static let alreadyExists = Code(rawValue: "already-exists")
        /// A name or attribute is not of the documented form.
        public static let invalidName = Code(rawValue: "invalid-name")
        /// A bound of ``RegistryLimits`` stands in the way.
        public static let limitExceeded = Code(rawValue: "limit-exceeded")
        /// The document is not a policy; see ``RegistryError/policyError``.
        public static let malformedPolicy = Code(rawValue: "malformed-policy")
        /// A certificate cannot serve the purpose it was given for.
        public static let invalidCertificate = Code(rawValue: "invalid-certificate")
        /// A template is not acceptable, or does not fit the certificate it was applied to.
        public static let invalidTemplate = Code(rawValue: "invalid-template")
        /// The status cannot change that way.
        public static let invalidTransition = Code(rawValue: "invalid-transition")
        /// Something else still refers to it.
        public static let inUse = Code(rawValue: "in-use")
        /// The authority does not admit unknown devices, or not this one.
        public static let notAdmitted = Code(rawValue: "not-admitted")
        /// Another registered certificate has the same issuer and serial number.
        public static let twin = Code(rawValue: "twin")
        /// The certificate was `REVOKED` and removed, in these or other bytes; it stays out.
        public static let revoked = Code(rawValue: "revoked")
        /// No registered authority signed the revocation list.
        public static let untrustedList = Code(rawValue: "untrusted-list")
        /// The revocation list is older than the one there is.
        public static let staleList = Code(rawValue: "stale-list")
        /// The version is not among those that can be gone back to.
        public static let unknownVersion = Code(rawValue: "unknown-version")
        /// The registry is not any more what a change was previewed on.
        public static let changedMeanwhile = Code(rawValue: "changed-meanwhile")
        /// Too many writes are waiting for the store.
        public static let busy = Code(rawValue: "busy")
        /// The store failed. Nothing has changed.
        public static let storage = Code(rawValue: "storage")
        /// What the store holds cannot be a registry.
        public static let inconsistentStore = Code(rawValue: "inconsistent-store")
    }

    /// What kind of refusal.
    public var code: Code
    /// What was refused and what to do.
    public var message: String
    /// Where and why the document is no policy, if that is the reason.
    public var policyError: PolicyError?

    /// Creates an error.
    public init(_ code: Code, _ message: String, policyError: PolicyError? = nil) {
        self.code = code
        self.message = message
        self.policyError = policyError
    }

    /// The message.
    public var description: String { message }
}
