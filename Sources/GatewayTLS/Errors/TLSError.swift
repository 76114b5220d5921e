/// What went wrong on a TLS connection or with a TLS configuration, and whose fault it was.
public struct TLSError: Error, Hashable, Sendable {
    /// What kind of failure it is.
    public var code: Code
    /// The fatal alert that was sent or received, if any.
    public var alert: TLSAlert?
    /// OpenSSL's own words for the failure, if it came from OpenSSL.
    public var openSSLReason: String?
    /// Who must change something.
    public var sideAtFault: Side
    /// A sentence for the operator: what happened, and where it helps, what to do. Holds no secrets;
    /// text that came from the peer is limited in length and to printable ASCII.
    public var message: String

    /// Whose fault a failure is.
    public enum Side: Hashable, Sendable {
        /// The other end of the connection, or the network between.
        case peer
        /// This process: its configuration, its files, its use of the API.
        case local
    }

    /// The kind of a failure. More may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidConfiguration, unreadableCredential, wrongPassphrase, keyMismatch, brokenChain
            case expiredCredential, unusableStaple, versionUnavailable
            case notTLS, protocolVersion, noSharedCipher, noApplicationProtocol, noCertificate
            case unknownServerName, missingServerName, domainRefused
            case certificateRejected, serverNotTrusted, alertReceived, handshakeInterrupted
            case handshakeTimedOut, handshakeEvicted, truncated, protocolViolation, limitExceeded
            case misuse, closeTimedOut, internalFailure
            case refused, invalidProxyHeader, admissionDenied, admissionTimedOut, lifetimeExceeded
        }
        private var value: Value
        private init(_ value: Value) { self.value = value }

        /// The code's name.
        public var description: String { value.rawValue }

        /// A configuration contradicts itself or names something OpenSSL does not know.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// A certificate or key file cannot be read or is not what it should be.
        public static let unreadableCredential = Code(.unreadableCredential)
        /// A private key does not belong to the certificate beside it.
        public static let keyMismatch = Code(.keyMismatch)
        /// A private key is encrypted, and the passphrase is missing or not the right one.
        public static let wrongPassphrase = Code(.wrongPassphrase)
        /// A certificate chain is out of order, holds a certificate that does not belong, or is too long.
        public static let brokenChain = Code(.brokenChain)
        /// A certificate is not valid yet, or no longer.
        public static let expiredCredential = Code(.expiredCredential)
        /// An OCSP response cannot be stapled to a certificate.
        public static let unusableStaple = Code(.unusableStaple)
        /// A configured protocol version cannot work on this system.
        public static let versionUnavailable = Code(.versionUnavailable)
        /// The peer does not speak TLS at all.
        public static let notTLS = Code(.notTLS)
        /// The two sides have no protocol version in common.
        public static let protocolVersion = Code(.protocolVersion)
        /// The two sides have no cipher suite, group or signature algorithm in common.
        public static let noSharedCipher = Code(.noSharedCipher)
        /// The client offers application protocols, but none that the server speaks.
        public static let noApplicationProtocol = Code(.noApplicationProtocol)
        /// The client asks for a server name (SNI) of no domain.
        public static let unknownServerName = Code(.unknownServerName)
        /// The client asks for no server name (SNI), and there is no default domain.
        public static let missingServerName = Code(.missingServerName)
        /// No domain could be chosen, for a reason of this side's own.
        public static let domainRefused = Code(.domainRefused)
        /// The client sent no certificate where one is required.
        public static let noCertificate = Code(.noCertificate)
        /// This side refused the client's certificate.
        public static let certificateRejected = Code(.certificateRejected)
        /// This side, a client, refused the server's certificate.
        public static let serverNotTrusted = Code(.serverNotTrusted)
        /// The peer ended the connection with a fatal alert.
        public static let alertReceived = Code(.alertReceived)
        /// The connection ended before the handshake did.
        public static let handshakeInterrupted = Code(.handshakeInterrupted)
        /// The handshake took longer than allowed.
        public static let handshakeTimedOut = Code(.handshakeTimedOut)
        /// Too many handshakes were in progress, and this one had advanced least.
        public static let handshakeEvicted = Code(.handshakeEvicted)
        /// The connection ended without close_notify: what was received may be incomplete.
        public static let truncated = Code(.truncated)
        /// The peer sent what the protocol does not allow, or bytes were altered on the way.
        public static let protocolViolation = Code(.protocolViolation)
        /// The peer exceeded a limit of this implementation.
        public static let limitExceeded = Code(.limitExceeded)
        /// A function was called in a state that does not allow it.
        public static let misuse = Code(.misuse)
        /// The peer did not answer close_notify in time.
        public static let closeTimedOut = Code(.closeTimedOut)
        /// Too many connections, or too many new ones a second.
        public static let refused = Code(.refused)
        /// A trusted proxy sent no PROXY header, a malformed one, or not in time.
        public static let invalidProxyHeader = Code(.invalidProxyHeader)
        /// The host denied the connection after its handshake.
        public static let admissionDenied = Code(.admissionDenied)
        /// The host did not decide about the connection in time.
        public static let admissionTimedOut = Code(.admissionTimedOut)
        /// The connection reached the longest life it may have.
        public static let lifetimeExceeded = Code(.lifetimeExceeded)
        /// OpenSSL failed for a reason of its own, such as a lack of memory.
        public static let internalFailure = Code(.internalFailure)
    }

    /// Creates an error.
    public init(
        code: Code, alert: TLSAlert? = nil, openSSLReason: String? = nil, sideAtFault: Side,
        message: String
    ) {
        self.code = code
        self.alert = alert
        self.openSSLReason = openSSLReason
        self.sideAtFault = sideAtFault
        self.message = message
    }
}

extension TLSError: CustomStringConvertible {
    /// The operator sentence, with the alert and OpenSSL's words where there are any.
    public var description: String {
        var text = message
        if let alert { text += " [\(alert)]" }
        if let openSSLReason { text += " (OpenSSL: \(openSSLReason))" }
        return text
    }
}
