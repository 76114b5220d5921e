/// Asks OCSP responders about one client certificate, within a deadline: what to do next, but not how.
///
/// For a connection that waits to be admitted. The caller acts on each ``Action``: ``Action/fetch(_:)`` means an
/// HTTP POST to the URL, and then exactly one of ``receive(_:cache:now:)`` and ``fail(_:now:)``;
/// ``timePassed(now:)`` is due at the deadline. After ``Action/admit`` or ``Action/reject(_:)`` everything that
/// still comes is ignored.
public struct RevocationCheckStateMachine: Sendable {
    /// How a check is made.
    public struct Policy: Hashable, Sendable {
        /// ``RevocationMode/hard`` rejects where no responder answers usably; with ``RevocationMode/none`` nobody
        /// is asked.
        public var mode: RevocationMode
        /// For all responders together, in seconds; brought into 0 to 3,600.
        public var timeout: Int64 = 5 {
            didSet { timeout = min(max(timeout, 0), 3_600) }
        }
        /// How far clocks and responders are trusted.
        public var tolerance = OCSPTolerance()
        /// The most responders tried.
        public var maximumResponders = 3

        /// The defaults, and a mode.
        public init(mode: RevocationMode) {
            self.mode = mode
        }
    }

    /// A request to send.
    public struct Fetch: Hashable, Sendable {
        /// Where to: `http:` or `https:`.
        public let url: String
        /// The body: `application/ocsp-request`.
        public let body: [UInt8]
        /// By when the check ends, Unix seconds.
        public let deadline: Int64
    }

    /// What the caller does next.
    public enum Action: Hashable, Sendable {
        /// Goes on with the connection.
        case admit
        /// Refuses it.
        case reject(X509Rejection)
        /// Sends a request.
        case fetch(Fetch)
        /// Nothing: an answer is under way, or the check is over.
        case wait
    }

    private enum State {
        case idle
        case asking(OCSPRequest, rest: ArraySlice<String>, deadline: Int64)
        case finished
    }

    private let certificate: X509Certificate
    private let issuer: X509Certificate
    private let responders: [String]
    private let policy: Policy
    private var state = State.idle
    private var lastFailure = "no responder is named by the certificate or configured"

    /// A check of `certificate`.
    ///
    /// - Parameters:
    ///   - issuer: The authority that signed it, itself verified.
    ///   - responders: URLs in order of preference; nil: those the certificate names. It is signed by a registered
    ///     authority when it gets here, so its URLs are that authority's.
    public init(
        certificate: X509Certificate, issuer: X509Certificate, responders: [String]? = nil, policy: Policy
    ) {
        self.certificate = certificate
        self.issuer = issuer
        self.policy = policy
        self.responders = Array(
            (responders ?? certificate.ocspResponders).filter {
                $0.asciiLowercased.hasPrefix("http://") || $0.asciiLowercased.hasPrefix("https://")
            }.prefix(max(0, policy.maximumResponders)))
    }

    /// Begins; with a cached answer it is over at once.
    ///
    /// - Parameters:
    ///   - nonce: Up to 32 random octets, or nil.
    ///   - now: Unix seconds.
    public mutating func start(cache: inout OCSPCache, nonce: [UInt8]?, now: Int64) -> Action {
        guard case .idle = state else { return .wait }
        guard policy.mode != .none else { return finish(.admit) }
        if let answer = cache.answer(
            issuer: issuer.id, serialNumber: certificate.serialNumber.bytes, now: now),
            let action = action(for: answer.status)
        {
            return finish(action)
        }
        do {
            let request = try OCSPRequest(certificate: certificate, issuer: issuer, nonce: nonce)
            return ask(request, responders[...], deadline: now + policy.timeout)
        } catch {
            lastFailure = error.message
            return unavailable()
        }
    }

    /// A responder's answer arrived: the body of a response with status 200.
    public mutating func receive(_ body: [UInt8], cache: inout OCSPCache, now: Int64) -> Action {
        guard case .asking(let request, let rest, let deadline) = state else { return .wait }
        guard now <= deadline else { return timePassed(now: now) }
        do {
            let answer = try OCSPResponse(der: body).verify(
                request, issuer: issuer, now: now, tolerance: policy.tolerance)
            cache.insert(answer, issuer: issuer.id, serialNumber: certificate.serialNumber.bytes)
            if let action = action(for: answer.status) { return finish(action) }
            lastFailure = "the responder does not know the certificate"
        } catch {
            lastFailure = error.message
        }
        return ask(request, rest, deadline: deadline)
    }

    /// A request failed; the next responder is asked.
    ///
    /// - Parameter reason: For the message, such as `connection refused`.
    public mutating func fail(_ reason: String, now: Int64) -> Action {
        guard case .asking(let request, let rest, let deadline) = state else { return .wait }
        guard now <= deadline else { return timePassed(now: now) }
        lastFailure = PrintableText.escape(reason)
        return ask(request, rest, deadline: deadline)
    }

    /// Time has passed; at the deadline the check ends by its mode.
    public mutating func timePassed(now: Int64) -> Action {
        guard case .asking(_, _, let deadline) = state, now >= deadline else { return .wait }
        lastFailure = "no responder answered within \(policy.timeout) seconds"
        return unavailable()
    }

    private mutating func ask(
        _ request: OCSPRequest, _ responders: ArraySlice<String>, deadline: Int64
    ) -> Action {
        guard let url = responders.first else { return unavailable() }
        state = .asking(request, rest: responders.dropFirst(), deadline: deadline)
        return .fetch(Fetch(url: url, body: request.der, deadline: deadline))
    }

    private mutating func finish(_ action: Action) -> Action {
        state = .finished
        return action
    }

    private mutating func unavailable() -> Action {
        guard policy.mode == .hard else { return finish(.admit) }
        return finish(
            .reject(
                X509Rejection(
                    .ocspUnavailable,
                    "certificate \(X509Requirements.name(certificate)) cannot be checked by OCSP: \(lastFailure); repair the responder of authority \(issuer.id), or set its mode to soft"
                )))
    }

    /// nil: the status decides nothing.
    private func action(for status: OCSPStatus) -> Action? {
        switch status {
        case .good: .admit
        case .unknown: nil
        case .revoked(let entry):
            .reject(
                X509Rejection(
                    .revokedByOCSP,
                    "certificate \(X509Requirements.name(certificate)) was revoked at \(UTCTime.string(entry.revocationDate)) (\(entry.reason)), says its authority's OCSP responder; issue the device a new certificate"
                ))
        }
    }
}
