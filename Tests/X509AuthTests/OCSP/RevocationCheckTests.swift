import Testing

@testable import X509Auth

@Suite("OCSP check")
struct RevocationCheckTests {
    private let issuer: ForgedEntity
    private let authority: X509Certificate
    private let device: X509Certificate

    init() throws {
        issuer = try ForgedEntity("Authority")
        authority = try issuer.certificate()
        device = try issuer.leaf(adding: [
            DER.extension(
                "1.3.6.1.5.5.7.1.1",
                DER.sequence(
                    DER.sequence(DER.oid("1.3.6.1.5.5.7.48.2"), Forge.uri("http://ca.example/ca.crt")),
                    DER.sequence(DER.oid("1.3.6.1.5.5.7.48.1"), Forge.uri("ldap://ca.example")),
                    DER.sequence(DER.oid("1.3.6.1.5.5.7.48.1"), Forge.uri("http://ocsp.example/a")),
                    DER.sequence(DER.oid("1.3.6.1.5.5.7.48.1"), Forge.uri("https://ocsp.example/b"))))
        ])
    }

    private func check(_ mode: RevocationMode, responders: [String]? = nil) -> RevocationCheckStateMachine {
        RevocationCheckStateMachine(
            certificate: device, issuer: authority, responders: responders, policy: .init(mode: mode))
    }

    private func response(_ change: (inout ForgedResponse) -> Void = { _ in }) throws -> [UInt8] {
        var response = ForgedResponse(
            try OCSPRequest(certificate: device, issuer: authority), responder: issuer.name)
        change(&response)
        return try response.signed(by: issuer.key)
    }

    private func url(_ action: RevocationCheckStateMachine.Action) -> String? {
        if case .fetch(let fetch) = action { fetch.url } else { nil }
    }

    private func reason(_ action: RevocationCheckStateMachine.Action) -> X509Rejection.Reason? {
        if case .reject(let rejection) = action { rejection.reason } else { nil }
    }

    @Test("settings out of range are brought into it, so that no time overflows")
    func ranges() throws {
        var policy = RevocationCheckStateMachine.Policy(mode: .hard)
        for extreme in [Int64.min, .max] {
            policy.timeout = extreme
            policy.tolerance.clockSkew = extreme
            policy.tolerance.maximumAge = extreme
            var cache = OCSPCache()
            var check = RevocationCheckStateMachine(
                certificate: device, issuer: authority, policy: policy)
            #expect(url(check.start(cache: &cache, nonce: nil, now: Forge.now)) != nil)
            #expect(
                check.receive(try response { $0.nextUpdate = [] }, cache: &cache, now: Forge.now) == .admit)
        }
    }

    @Test("fewer than no responders are none")
    func noResponders() {
        var policy = RevocationCheckStateMachine.Policy(mode: .hard)
        policy.maximumResponders = -1
        var cache = OCSPCache()
        var check = RevocationCheckStateMachine(certificate: device, issuer: authority, policy: policy)
        #expect(reason(check.start(cache: &cache, nonce: nil, now: Forge.now)) == .ocspUnavailable)
    }

    @Test("a good answer admits, is kept, and then admits without asking")
    func good() throws {
        var cache = OCSPCache()
        var first = check(.hard)
        let action = first.start(cache: &cache, nonce: [1], now: Forge.now)
        guard case .fetch(let fetch) = action else { return #expect(Bool(false), "\(action)") }
        #expect(fetch.url == "http://ocsp.example/a")
        #expect(fetch.deadline == Forge.now + 5)
        #expect(fetch.body == (try OCSPRequest(certificate: device, issuer: authority, nonce: [1]).der))
        #expect(first.receive(try response(), cache: &cache, now: Forge.now + 1) == .admit)
        #expect(first.receive(try response(), cache: &cache, now: Forge.now + 1) == .wait)
        #expect(first.timePassed(now: Forge.now + 9) == .wait)

        var second = check(.hard)
        #expect(second.start(cache: &cache, nonce: nil, now: Forge.now + 3_600) == .admit)
        var third = check(.hard)
        #expect(url(third.start(cache: &cache, nonce: nil, now: Forge.now + 3_601)) != nil)
    }

    @Test("revoked refuses in either mode, from the cache too", arguments: [RevocationMode.soft, .hard])
    func revoked(_ mode: RevocationMode) throws {
        var cache = OCSPCache()
        var check = check(mode)
        _ = check.start(cache: &cache, nonce: nil, now: Forge.now)
        let body = try response { $0.certificateStatus = ForgedResponse.revoked(reason: 1) }
        let action = check.receive(body, cache: &cache, now: Forge.now)
        #expect(reason(action) == .revokedByOCSP)
        if case .reject(let rejection) = action { #expect(rejection.alert == 44) }
        var again = self.check(mode)
        #expect(reason(again.start(cache: &cache, nonce: nil, now: Forge.now)) == .revokedByOCSP)
    }

    @Test(
        "without a usable answer each responder is asked, then the mode decides",
        arguments: [RevocationMode.soft, .hard])
    func unavailable(_ mode: RevocationMode) throws {
        var cache = OCSPCache()
        var check = check(mode)
        _ = check.start(cache: &cache, nonce: nil, now: Forge.now)
        #expect(url(check.fail("connection refused", now: Forge.now)) == "https://ocsp.example/b")
        let last = check.receive([1, 2, 3], cache: &cache, now: Forge.now)
        #expect(mode == .soft ? last == .admit : reason(last) == .ocspUnavailable)
        #expect(cache.count == 0)

        // The responder does not know the certificate.
        var unknown = self.check(mode, responders: ["http://ocsp.example"])
        _ = unknown.start(cache: &cache, nonce: nil, now: Forge.now)
        let action = unknown.receive(
            try response { $0.certificateStatus = DER.tlv(0x82, []) }, cache: &cache, now: Forge.now)
        #expect(mode == .soft ? action == .admit : reason(action) == .ocspUnavailable)

        // Silence.
        var silent = self.check(mode)
        _ = silent.start(cache: &cache, nonce: nil, now: Forge.now)
        #expect(silent.timePassed(now: Forge.now + 4) == .wait)
        let end = silent.timePassed(now: Forge.now + 5)
        #expect(mode == .soft ? end == .admit : reason(end) == .ocspUnavailable)

        // Too late an answer, even a good one.
        var late = self.check(mode)
        _ = late.start(cache: &cache, nonce: nil, now: Forge.now)
        let afterwards = late.receive(try response(), cache: &cache, now: Forge.now + 6)
        #expect(mode == .soft ? afterwards == .admit : reason(afterwards) == .ocspUnavailable)

        var nobody = self.check(mode, responders: ["file:///etc/passwd"])
        let none = nobody.start(cache: &cache, nonce: nil, now: Forge.now)
        #expect(mode == .soft ? none == .admit : reason(none) == .ocspUnavailable)
    }

    @Test("mode none asks nobody")
    func none() {
        var cache = OCSPCache()
        var check = check(.none)
        #expect(check.start(cache: &cache, nonce: nil, now: Forge.now) == .admit)
    }

    @Test("nonces have 1 to 32 octets", arguments: [0, 1, 32, 33])
    func nonces(_ count: Int) throws {
        let nonce = [UInt8](repeating: 7, count: count)
        let request = try? OCSPRequest(certificate: device, issuer: authority, nonce: nonce)
        #expect((request != nil) == (1...32).contains(count))
    }

    @Test("the cache holds no more than it may, forgets what ended, and keeps the newer answer")
    func cache() {
        var cache = OCSPCache(capacity: 100)
        func answer(_ time: Int64) -> OCSPAnswer {
            OCSPAnswer(status: .good, thisUpdate: time, validUntil: time + 10)
        }
        for index in 0..<10_000 {
            cache.insert(
                answer(Int64(index)), issuer: authority.id,
                serialNumber: [UInt8(index >> 8), UInt8(index & 0xff)])
            #expect(cache.count <= 100)
        }
        #expect(cache.answer(issuer: authority.id, serialNumber: [0, 1], now: 0) == nil)
        let last: [UInt8] = [UInt8(9_999 >> 8), UInt8(9_999 & 0xff)]
        #expect(cache.answer(issuer: authority.id, serialNumber: last, now: 10_009) != nil)
        cache.insert(answer(5), issuer: authority.id, serialNumber: last)
        #expect(cache.answer(issuer: authority.id, serialNumber: last, now: 10_009)?.thisUpdate == 9_999)
        #expect(cache.answer(issuer: authority.id, serialNumber: last, now: 10_010) == nil)
        #expect(cache.count == 99)
    }
}
