/// Why a gateway could not start or do what its host asked. The message says what, where and what to do.
public struct GatewayError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Kinds of failure. More may come.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Stable name in kebab case.
        public let rawValue: String

        /// Wraps a name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The address is already bound by another process.
        public static let addressInUse = Code(rawValue: "address-in-use")
        /// The address cannot be bound for another reason.
        public static let cannotListen = Code(rawValue: "cannot-listen")
        /// A setting is not acceptable.
        public static let invalidConfiguration = Code(rawValue: "invalid-configuration")
        /// The TLS configuration cannot work.
        public static let tls = Code(rawValue: "tls")
        /// The gateway is not running, or no longer.
        public static let notRunning = Code(rawValue: "not-running")
        /// The host's own client may not do that.
        public static let notAuthorized = Code(rawValue: "not-authorized")
        /// A topic, filter or payload is not acceptable.
        public static let invalidRequest = Code(rawValue: "invalid-request")
        /// A bound of ``GatewayLimits`` stands in the way.
        public static let limitExceeded = Code(rawValue: "limit-exceeded")
    }

    /// What kind of failure.
    public var code: Code
    /// What, where and what to do.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Errors are equal when their codes are; messages are for people.
    public static func == (left: GatewayError, right: GatewayError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
