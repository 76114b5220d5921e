public import X509Auth

/// Asking the OCSP responders of registered CAs about their devices, when they connect.
///
/// A device whose responder has to be asked waits at CONNECT, with nothing read from it. Answers are kept until they
/// end; a connection that is open already is not asked about again.
public struct ClientOCSP: Sendable {
    /// `hard` refuses a device where no responder answers usably, `soft` admits it. Revoked ones are refused by both.
    public var mode: RevocationMode
    /// Responders to ask, in order of preference, for CAs that ``respondersByAuthority`` does not name.
    public var responders: [String]
    /// Responders of particular CAs, in order of preference.
    public var respondersByAuthority: [CertificateID: [String]] = [:]
    /// Whether a certificate's own URLs are asked where none are configured. Its CA wrote them there, and so decides
    /// where the gateway sends requests: only for CAs that may.
    public var asksCertificateURLs = false
    /// For all responders of one device together, in seconds. The CONNECT's own deadline goes on meanwhile.
    public var timeout: Int64 = 5
    /// How far clocks and responders are trusted.
    public var tolerance = OCSPTolerance()
    /// The most devices asked about at a time; one more is decided by ``mode`` at once.
    public var maximumUnderWay = 256
    /// The most answers kept.
    public var cacheCapacity = 10_000
    /// Sends a request: an HTTP POST of `application/ocsp-request`, whose response's body it returns.
    public var fetch: @Sendable (RevocationCheckStateMachine.Fetch) async throws -> [UInt8]

    /// Creates settings with the default bounds.
    ///
    /// - Parameters:
    ///   - responders: `http:` URLs, in order of preference.
    ///   - fetch: The host's HTTP client, in place of the gateway's. It keeps to the deadline it is given, heeds its
    ///     cancellation, returns at most ``OCSPResponse/maximumSize`` bytes, and throws for any other status than 200.
    public init(
        mode: RevocationMode, responders: [String] = [],
        fetch: @escaping @Sendable (RevocationCheckStateMachine.Fetch) async throws -> [UInt8] =
            OCSPHTTPClient().fetch
    ) {
        self.mode = mode
        self.responders = responders
        self.fetch = fetch
    }

    /// Whether ``OCSPHTTPClient`` can ask there: an `http:` URL with a host.
    public static func isResponderURL(_ url: String) -> Bool { (try? ResponderURL(url)) != nil }

    /// Whom to ask about a certificate of a CA; `nil`: those whom the certificate names.
    func responders(of authority: CertificateID) -> [String]? {
        let configured = respondersByAuthority[authority] ?? responders
        return configured.isEmpty && asksCertificateURLs ? nil : configured
    }
}
