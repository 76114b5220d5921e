/// Why a device's certificate is refused.
public struct X509Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of refusal; new reasons may be added.
    public struct Reason: Hashable, Sendable, CustomStringConvertible {
        /// A stable name, such as `expired`, for logs and metrics.
        public let description: String
        /// The status found, where that is the reason.
        public let status: CertificateStatus?

        private init(_ description: String, status: CertificateStatus? = nil) {
            self.description = description
            self.status = status
        }

        /// The client sent no certificate.
        public static let missing = Reason("missing")
        /// Not registered, and no registered authority has issued it.
        public static let unregistered = Reason("unregistered")
        /// Registered, but not ACTIVE.
        public static func inactive(_ status: CertificateStatus) -> Reason {
            Reason("inactive", status: status)
        }
        /// Past its notAfter.
        public static let expired = Reason("expired")
        /// Before its notBefore.
        public static let notYetValid = Reason("notYetValid")
        /// Does not verify to the registered authority it names.
        public static let untrustedChain = Reason("untrustedChain")
        /// The authority that issued it is registered but INACTIVE.
        public static let authorityInactive = Reason("authorityInactive")
        /// The authority that issued it does not register unknown devices.
        public static let autoRegistrationDisabled = Reason("autoRegistrationDisabled")
        /// Its authority, or one in between, is outside its own dates.
        public static let authorityExpired = Reason("authorityExpired")
        /// Key or signature too weak, too large, or of a kind that is not accepted.
        public static let weakKey = Reason("weakKey")
        /// Key usage or extended key usage forbids authenticating a TLS client, or issuing one.
        public static let wrongUsage = Reason("wrongUsage")
        /// No canonical certificate, or one with broken names or extensions.
        public static let malformed = Reason("malformed")
        /// Another certificate with the same issuer and serial number is registered.
        public static let twin = Reason("twin")
        /// A verification certificate does not show that its owner holds an authority's key.
        public static let noProofOfPossession = Reason("noProofOfPossession")
        /// Named by its authority's revocation list.
        public static let revokedByCRL = Reason("revokedByCRL")
        /// Its authority's mode is hard, and there is no revocation list.
        public static let crlMissing = Reason("crlMissing")
        /// Its authority's mode is hard, and the revocation list is outside its dates.
        public static let crlExpired = Reason("crlExpired")
        /// Its authority's OCSP responder says so.
        public static let revokedByOCSP = Reason("revokedByOCSP")
        /// Its authority's mode is hard, and no OCSP responder answered usably in time.
        public static let ocspUnavailable = Reason("ocspUnavailable")
        /// More or larger certificates than are accepted.
        public static let tooLarge = Reason("tooLarge")
        /// OpenSSL failed for lack of memory.
        public static let internalFailure = Reason("internalFailure")
    }

    /// The kind of refusal.
    public let reason: Reason
    /// The TLS alert to send (RFC 8446 6.2): one that OpenSSL can send from its verify callback.
    public let alert: UInt8
    /// What is wrong, with which certificate, and what to do; one line, safe to log.
    public let message: String

    init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.alert = Self.alert(for: reason)
        self.message = message
    }

    /// Reason and message on one line.
    public var description: String {
        "\(reason): \(message)"
    }

    /// A refusal of connections without any certificate.
    public static var missingCertificate: X509Rejection {
        X509Rejection(.missing, "the client sent no certificate; give the device its certificate and key")
    }

    private enum Alert {
        static let handshakeFailure: UInt8 = 40
        static let badCertificate: UInt8 = 42
        static let unsupportedCertificate: UInt8 = 43
        static let certificateRevoked: UInt8 = 44
        static let certificateExpired: UInt8 = 45
        static let certificateUnknown: UInt8 = 46
        static let unknownAuthority: UInt8 = 48
    }

    private static func alert(for reason: Reason) -> UInt8 {
        switch reason {
        case .inactive(.revoked), .revokedByCRL, .revokedByOCSP: Alert.certificateRevoked
        case .expired, .authorityExpired: Alert.certificateExpired
        case .notYetValid, .weakKey, .malformed, .tooLarge: Alert.badCertificate
        case .wrongUsage: Alert.unsupportedCertificate
        case .untrustedChain, .authorityInactive: Alert.unknownAuthority
        case .missing, .internalFailure: Alert.handshakeFailure
        // AWS IoT answers certificate_unknown to what is not registered or not active.
        default: Alert.certificateUnknown
        }
    }
}

extension X509Rejection {
    /// What path validation found.
    init(_ failure: CertificatePathFailure, advice: String) {
        let reason: Reason =
            switch failure.code {
            case .malformed: .malformed
            case .expired, .notYetValid: .authorityExpired
            case .weakKey: .weakKey
            case .wrongUsage, .notAnAuthority: .wrongUsage
            case .tooMuchWork: .tooLarge
            default: .untrustedChain
            }
        self.init(reason, "certificate \(failure.message); \(advice)")
    }

    static func expired(_ name: String, at notAfter: Int64, now: Int64) -> X509Rejection {
        X509Rejection(
            .expired,
            "\(name) expired at \(UTCTime.string(notAfter)), and it is \(UTCTime.string(now)); issue the device a new certificate"
        )
    }

    static func notYetValid(_ name: String, from notBefore: Int64, now: Int64) -> X509Rejection {
        X509Rejection(
            .notYetValid,
            "\(name) is valid from \(UTCTime.string(notBefore)), and it is \(UTCTime.string(now)); correct the gateway's clock, or wait"
        )
    }
}
