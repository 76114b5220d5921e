import NIOCore
import Testing

@testable import GatewayTLS

@Suite("The token bucket")
struct AcceptRateTests {
    private func time(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    @Test("a burst at once, then the rate")
    func burstThenRate() {
        let rate = AcceptRate(perSecond: 10, burst: 3)
        var bucket = TokenBucket()
        #expect((0..<5).map { _ in bucket.take(rate, now: time(0)) } == [true, true, true, false, false])
        #expect(bucket.take(rate, now: time(99)) == false)
        #expect(bucket.take(rate, now: time(100)) == true)
        #expect(bucket.take(rate, now: time(100)) == false)
        #expect(!bucket.isFull(now: time(399)) && bucket.isFull(now: time(400)))
        // However long the rest, no more than a burst.
        #expect((0..<4).map { _ in bucket.take(rate, now: time(3_600_000)) } == [true, true, true, false])
    }

    @Test("agrees with a bucket of counted tokens", arguments: UInt64(1)...10)
    func model(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rate = AcceptRate(
            perSecond: Int.random(in: 1...500, using: &random), burst: Int.random(in: 1...50, using: &random))
        var bucket = TokenBucket()
        var now = time(0)
        var tokens = Double(rate.burst)
        var taken = (bucket: 0, model: 0)
        for _ in 0..<2_000 {
            let rest = TimeAmount.microseconds(Int64.random(in: 0...8_000, using: &random))
            now = now + rest
            tokens = min(
                Double(rate.burst), tokens + Double(rest.nanoseconds) / 1e9 * Double(rate.perSecond))
            if bucket.take(rate, now: now) { taken.bucket += 1 }
            if tokens >= 0.999_999 {
                tokens -= 1
                taken.model += 1
            }
            // A token that is full by a hair comes one turn earlier here than there.
            #expect(abs(taken.bucket - taken.model) <= 1)
        }
    }

    @Test("a clock that goes back gives nothing away, and breaks nothing")
    func backwards() {
        let rate = AcceptRate(perSecond: 1, burst: 1)
        var bucket = TokenBucket()
        #expect(bucket.take(rate, now: time(5_000)) == true)
        #expect(bucket.take(rate, now: time(0)) == false)
        #expect(bucket.take(rate, now: time(6_000)) == true)
    }

    @Test("numbers out of range are moved into it")
    func range() {
        #expect(AcceptRate(perSecond: 0, burst: -1) == AcceptRate(perSecond: 1, burst: 1))
        #expect(AcceptRate(perSecond: .max, burst: .max) == AcceptRate(perSecond: 1_000_000))
    }
}
