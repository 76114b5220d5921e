public import X509Auth

/// Asking the OCSP responders of registered CAs about their devices, when they connect.
///
/// A device whose responder has to be asked waits at CONNECT, with nothing read from it. Answers are kept until they
/// end; a connection that is open already is not asked about again.
public struct ClientOCSP: Sendable {
    /// `hard` refuses a device where no responder answers usably, `soft` admits it. Revoked ones are refused by both.
    public var mode: RevocationMode
    /// Responders to ask, in order of preference; `nil`: those that a certificate names, which its CA wrote there.
    public var responders: [String]?
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
    /// - Parameter fetch: The host's HTTP client. It keeps to the deadline it is given, returns at most
    ///   ``OCSPResponse/maximumSize`` bytes, and throws for any other status than 200.
    public init(
        mode: RevocationMode, responders: [String]? = nil,
        fetch: @escaping @Sendable (RevocationCheckStateMachine.Fetch) async throws -> [UInt8]
    ) {
        self.mode = mode
        self.responders = responders
        self.fetch = fetch
    }
}
