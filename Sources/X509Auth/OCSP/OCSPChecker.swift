import Synchronization

/// Runs OCSP checks for many connections at once: one cache, one request a certificate however many wait for it,
/// and a bound on how many are under way.
///
/// It does no I/O of its own and reads no clock: see ``Environment``.
public final class OCSPChecker: Sendable {
    /// What the host lends: a way to send requests, time, and chance.
    public struct Environment: Sendable {
        /// Sends `body` to `url` by HTTP POST as `application/ocsp-request` and returns the body of a response with
        /// status 200, of at most ``OCSPResponse/maximumSize`` bytes. Whoever has not returned by the deadline is
        /// not waited for, but cancelled.
        public var fetch: @Sendable (RevocationCheckStateMachine.Fetch) async throws -> [UInt8]
        /// Unix seconds.
        public var now: @Sendable () -> Int64
        /// Returns after so many seconds, or when cancelled.
        public var sleep: @Sendable (Int64) async -> Void
        /// Up to 32 random octets; nil: no nonce is sent.
        public var nonce: @Sendable () -> [UInt8]?

        /// Without nonces unless some are given.
        public init(
            fetch: @escaping @Sendable (RevocationCheckStateMachine.Fetch) async throws -> [UInt8],
            now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Int64) async -> Void,
            nonce: @escaping @Sendable () -> [UInt8]? = { nil }
        ) {
            self.fetch = fetch
            self.now = now
            self.sleep = sleep
            self.nonce = nonce
        }
    }

    private struct Key: Hashable {
        let issuer: CertificateID
        let certificate: CertificateID
        let mode: RevocationMode
    }

    private struct State {
        var cache: OCSPCache
        var underWay: [Key: Task<X509Rejection?, Never>] = [:]
        var silent = SilentResponders()
    }

    private enum Outcome {
        case body([UInt8])
        case failed(String)
        case timedOut
    }

    private let environment: Environment
    private let maximumUnderWay: Int
    private let state: Mutex<State>

    /// A checker with an empty cache.
    ///
    /// - Parameters:
    ///   - cacheCapacity: The most answers kept.
    ///   - maximumUnderWay: The most checks at a time; one more is decided by its mode at once.
    public init(environment: Environment, cacheCapacity: Int = 10_000, maximumUnderWay: Int = 256) {
        self.environment = environment
        self.maximumUnderWay = maximumUnderWay
        self.state = Mutex(State(cache: OCSPCache(capacity: cacheCapacity)))
    }

    /// Why `certificate` is refused; nil: it is not.
    ///
    /// A responder that kept silent until the deadline is passed over for ``SilentResponders/patience`` seconds where the
    /// mode is ``RevocationMode/soft``: otherwise each device would wait for it in vain before it is admitted all the same.
    ///
    /// - Parameters:
    ///   - issuer: The authority that signed it, itself verified.
    ///   - responders: URLs in order of preference; nil: those the certificate names.
    public func rejection(
        of certificate: X509Certificate, issuer: X509Certificate, responders: [String]? = nil,
        policy: RevocationCheckStateMachine.Policy
    ) async -> X509Rejection? {
        let key = Key(issuer: issuer.id, certificate: certificate.id, mode: policy.mode)
        let task: Task<X509Rejection?, Never>? = state.withLock { state in
            if let present = state.underWay[key] { return present }
            guard state.underWay.count < maximumUnderWay else { return nil }
            var responders = responders ?? certificate.ocspResponders
            if policy.mode == .soft {
                let now = environment.now()
                responders.removeAll { state.silent.contains($0, now: now) }
            }
            let machine = RevocationCheckStateMachine(
                certificate: certificate, issuer: issuer, responders: responders, policy: policy)
            let task = Task { await self.run(machine, key) }
            state.underWay[key] = task
            return task
        }
        if let task { return await task.value }
        guard policy.mode == .hard else { return nil }
        return X509Rejection(
            .ocspUnavailable,
            "certificate \(X509Requirements.name(certificate)) cannot be checked by OCSP: \(maximumUnderWay) checks are under way already; let the device try again"
        )
    }

    /// What is known without asking; nil: nothing that may still be used.
    ///
    /// - Parameter serialNumber: ``SerialNumber/bytes``.
    public func cachedStatus(issuer: CertificateID, serialNumber: [UInt8], now: Int64) -> OCSPStatus? {
        state.withLock { $0.cache.answer(issuer: issuer, serialNumber: serialNumber, now: now)?.status }
    }

    private func run(_ machine: RevocationCheckStateMachine, _ key: Key) async -> X509Rejection? {
        var machine = machine
        let nonce = environment.nonce()
        var action = withCache { machine.start(cache: &$0, nonce: nonce, now: environment.now()) }
        while case .fetch(let fetch) = action {
            let outcome = await outcome(of: fetch)
            note(outcome, of: fetch.url)
            switch outcome {
            case .body(let body):
                action = withCache { machine.receive(body, cache: &$0, now: environment.now()) }
            case .failed(let reason):
                action = machine.fail(reason, now: environment.now())
            case .timedOut:
                // The sleeper's clock decides, whatever the other says.
                action = machine.timePassed(now: max(fetch.deadline, environment.now()))
            }
        }
        state.withLock { $0.underWay[key] = nil }
        if case .reject(let rejection) = action { return rejection }
        return nil
    }

    private func note(_ outcome: Outcome, of url: String) {
        state.withLock { state in
            switch outcome {
            case .body: state.silent.remove(url)
            case .timedOut: state.silent.insert(url, now: environment.now())
            // Nobody waits for long. And it may be an answer, such as HTTP status 404 about one certificate, which must
            // not keep the question about another from being asked.
            case .failed: break
            }
        }
    }

    private func withCache(
        _ body: (inout OCSPCache) -> RevocationCheckStateMachine.Action
    ) -> RevocationCheckStateMachine.Action {
        state.withLock { body(&$0.cache) }
    }

    /// Whatever comes first. A fetch that does not heed its cancellation is left behind.
    private func outcome(of fetch: RevocationCheckStateMachine.Fetch) async -> Outcome {
        let environment = environment
        let tasks = Mutex<[Task<Void, Never>]>([])
        let outcome = await withCheckedContinuation { (continuation: CheckedContinuation<Outcome, Never>) in
            let once = Once(continuation)
            let fetching = Task {
                do {
                    once.resume(.body(try await environment.fetch(fetch)))
                } catch {
                    once.resume(.failed("\(error)"))
                }
            }
            let sleeping = Task {
                await environment.sleep(max(0, fetch.deadline - environment.now()))
                once.resume(.timedOut)
            }
            tasks.withLock { $0 = [fetching, sleeping] }
        }
        for task in tasks.withLock({ $0 }) { task.cancel() }
        return outcome
    }

    /// A continuation that only the first resumes.
    private final class Once: Sendable {
        private let continuation: Mutex<CheckedContinuation<Outcome, Never>?>

        init(_ continuation: CheckedContinuation<Outcome, Never>) {
            self.continuation = Mutex(continuation)
        }

        func resume(_ outcome: Outcome) {
            let first = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            first?.resume(returning: outcome)
        }
    }
}
