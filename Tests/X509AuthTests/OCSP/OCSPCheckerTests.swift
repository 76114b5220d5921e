import Synchronization
import Testing

@testable import X509Auth

@Suite("OCSP checker")
struct OCSPCheckerTests {
    private let issuer: ForgedEntity
    private let authority: X509Certificate
    private let device: X509Certificate

    init() throws {
        issuer = try ForgedEntity("Authority")
        authority = try issuer.certificate()
        device = try issuer.leaf()
    }

    /// Answers requests as a responder would; counts them.
    private final class Responder: Sendable {
        let count = Mutex(0)
        let body: [UInt8]
        /// Opens for the answers to go out.
        let gate: AsyncStream<Void>
        let open: AsyncStream<Void>.Continuation

        init(_ body: [UInt8]) {
            self.body = body
            (gate, open) = AsyncStream.makeStream()
        }

        func fetch(_ fetch: RevocationCheckStateMachine.Fetch) async -> [UInt8] {
            count.withLock { $0 += 1 }
            for await _ in gate { break }
            return body
        }
    }

    private struct Refused: Error, CustomStringConvertible {
        var description: String { "connection refused" }
    }

    private func good() throws -> [UInt8] {
        try ForgedResponse(OCSPRequest(certificate: device, issuer: authority), responder: issuer.name)
            .signed(by: issuer.key)
    }

    private func never(_ seconds: Int64) async {
        try? await Task.sleep(for: .seconds(3_600))
    }

    private func rejection(
        _ checker: OCSPChecker, _ mode: RevocationMode = .hard
    ) async -> X509Rejection? {
        await checker.rejection(
            of: device, issuer: authority, responders: ["http://ocsp.example"], policy: .init(mode: mode))
    }

    @Test("many that wait for one certificate send one request, and later ones none")
    func singleFlight() async throws {
        let responder = Responder(try good())
        let checker = OCSPChecker(
            environment: .init(fetch: responder.fetch, now: { Forge.now }, sleep: never))
        async let rejections = withTaskGroup(of: X509Rejection?.self) { group in
            for _ in 0..<50 { group.addTask { await rejection(checker) } }
            var all: [X509Rejection?] = []
            for await one in group { all.append(one) }
            return all
        }
        responder.open.yield()
        #expect(await rejections.allSatisfy { $0 == nil })
        #expect(await rejection(checker) == nil)
        #expect(responder.count.withLock { $0 } == 1)
        let serial = device.serialNumber.bytes
        #expect(checker.cachedStatus(issuer: authority.id, serialNumber: serial, now: Forge.now) == .good)
        #expect(
            checker.cachedStatus(issuer: authority.id, serialNumber: serial, now: Forge.now + 3_601) == nil)
    }

    @Test("a fetch that never returns is not waited for", arguments: [RevocationMode.soft, .hard])
    func silence(_ mode: RevocationMode) async throws {
        let responder = Responder([])
        let checker = OCSPChecker(
            environment: .init(fetch: responder.fetch, now: { Forge.now }, sleep: { _ in }))
        let rejection = await rejection(checker, mode)
        #expect(rejection?.reason == (mode == .hard ? .ocspUnavailable : nil))
        responder.open.finish()
    }

    @Test("a fetch that throws counts as no answer, and its reason is told")
    func failure() async throws {
        let checker = OCSPChecker(
            environment: .init(fetch: { _ in throw Refused() }, now: { Forge.now }, sleep: never))
        let rejection = try #require(await rejection(checker))
        #expect(rejection.reason == .ocspUnavailable)
        #expect(rejection.message.contains("connection refused"))
        #expect(await self.rejection(checker, .soft) == nil)
    }

    @Test(
        "where the mode is soft, a responder that kept silent is passed over for a while; where it is hard, never"
    )
    func silentResponder() async throws {
        let asked = Mutex(0)
        let answers = Mutex(false)
        let now = Mutex(Forge.now)
        let body = try good()
        let checker = OCSPChecker(
            environment: .init(
                fetch: { _ in
                    asked.withLock { $0 += 1 }
                    if !answers.withLock({ $0 }) { await never(0) }
                    return body
                }, now: { now.withLock { $0 } },
                sleep: { seconds in if answers.withLock({ $0 }) { await never(seconds) } }))
        func ask(_ mode: RevocationMode, after seconds: Int64 = 0) async -> (X509Rejection.Reason?, Int) {
            now.withLock { $0 += seconds }
            asked.withLock { $0 = 0 }
            let rejection = await checker.rejection(
                of: device, issuer: authority, responders: ["http://a.example"], policy: .init(mode: mode))
            return (rejection?.reason, asked.withLock { $0 })
        }
        #expect(await ask(.soft) == (nil, 1))
        #expect(await ask(.soft) == (nil, 0))
        #expect(await ask(.soft, after: 9) == (nil, 0))
        #expect(await ask(.hard) == (.ocspUnavailable, 1))
        #expect(await ask(.soft, after: 9) == (nil, 0))
        #expect(await ask(.soft, after: 1) == (nil, 1))
        // A clock that was set back holds nobody off for longer than it would have been.
        #expect(await ask(.soft, after: -1_000) == (nil, 1))
        #expect(await ask(.soft) == (nil, 0))

        answers.withLock { $0 = true }
        #expect(await ask(.hard, after: 1_000) == (nil, 1))
    }

    @Test("a responder that fails at once for one certificate is asked about the next")
    func failingResponder() async throws {
        let asked = Mutex(0)
        let checker = OCSPChecker(
            environment: .init(
                fetch: { _ in
                    asked.withLock { $0 += 1 }
                    throw Refused()
                }, now: { Forge.now }, sleep: never))
        for count in 1...3 {
            #expect(await rejection(checker, .soft) == nil)
            #expect(asked.withLock { $0 } == count)
        }
    }

    @Test("what is remembered of responders is bounded")
    func silentResponders() {
        var silent = SilentResponders()
        for number in 0..<5_000 { silent.insert("http://\(number).example", now: 0) }
        #expect((0..<5_000).count { silent.contains("http://\($0).example", now: 0) } <= 1_024)
        #expect(silent.contains("http://4999.example", now: 0))
        silent.remove("http://4999.example")
        #expect(!silent.contains("http://4999.example", now: 0))
    }

    @Test("past the bound the mode decides at once")
    func bound() async throws {
        let responder = Responder(try good())
        let checker = OCSPChecker(
            environment: .init(fetch: responder.fetch, now: { Forge.now }, sleep: never), maximumUnderWay: 0)
        #expect(await rejection(checker)?.reason == .ocspUnavailable)
        #expect(await rejection(checker, .soft) == nil)
        #expect(responder.count.withLock { $0 } == 0)
    }
}
