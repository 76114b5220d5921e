/// Why a command was not carried out.
///
/// It crosses the operator socket as JSON, so the codes are part of the protocol: existing codes
/// never change their meaning, new ones may be added.
public struct OperatorError: Error, Hashable, Sendable, Codable {
    /// What kind of failure it is. Compare with the named values; more may be added.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        /// The code as it stands on the wire.
        public let rawValue: String

        /// A code by its wire name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The request line is not the JSON that the protocol describes.
        public static let malformedRequest = Self(rawValue: "malformed-request")
        /// The request line is longer than the protocol allows.
        public static let requestTooLong = Self(rawValue: "request-too-long")
        /// The reply would be, or was, longer than the protocol allows.
        public static let replyTooLong = Self(rawValue: "reply-too-long")
        /// The request speaks a version of the protocol that this gateway does not.
        public static let unsupportedVersion = Self(rawValue: "unsupported-version")
        /// The protocol has no such command.
        public static let unknownCommand = Self(rawValue: "unknown-command")
        /// A value in the command is not acceptable.
        public static let invalidArgument = Self(rawValue: "invalid-argument")
        /// What the command names does not exist.
        public static let notFound = Self(rawValue: "not-found")
        /// What the command would create exists already.
        public static let alreadyExists = Self(rawValue: "already-exists")
        /// The command names more than one thing where exactly one is meant.
        public static let ambiguous = Self(rawValue: "ambiguous")
        /// A policy document is not acceptable; ``OperatorError/line`` and ``OperatorError/column`` say where.
        public static let malformedPolicy = Self(rawValue: "malformed-policy")
        /// A certificate or key is not acceptable.
        public static let certificate = Self(rawValue: "certificate")
        /// The registry refused the change: a quota, or a state that does not permit it.
        public static let refused = Self(rawValue: "refused")
        /// The registry's store failed.
        public static let storage = Self(rawValue: "storage")
        /// The peer is not the user that the gateway runs as.
        public static let notOwner = Self(rawValue: "not-owner")
        /// The socket already serves as many operators as it will.
        public static let busy = Self(rawValue: "busy")
        /// Nobody answers on the socket: no gateway runs on this directory.
        public static let notRunning = Self(rawValue: "not-running")
        /// The connection failed or ended before the reply.
        public static let connection = Self(rawValue: "connection")
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence for the operator: what, and what to do about it.
    public let message: String
    /// Line in the policy document, from 1, when the code is ``Code/malformedPolicy``.
    public let line: Int?
    /// Column in the policy document, from 1, when the code is ``Code/malformedPolicy``.
    public let column: Int?
    /// How to repair the policy document, when the code is ``Code/malformedPolicy``.
    public let hint: String?

    /// The certificates that could be meant, when the code is ``Code/ambiguous``; at most ``maximumCandidates``.
    public let candidates: [CertificateSummary]?

    /// No more candidates than this are named.
    public static let maximumCandidates = 20

    /// An error; the place and the hint belong to policy documents.
    public init(
        _ code: Code, _ message: String, line: Int? = nil, column: Int? = nil, hint: String? = nil,
        candidates: [CertificateSummary]? = nil
    ) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
        self.candidates = candidates
    }
}

extension OperatorError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
