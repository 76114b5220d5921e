import Testing

@testable import GatewayTLS

@Suite("Ticket keys")
struct TLSTicketKeysTests {
    @Test("the newest seals, the last few open, and the oldest goes")
    func rotation() throws {
        let keys = try TLSTicketKeys(rotationInterval: 100, keys: 2)
        #expect(keys.lifetime == 100)
        let first = try #require(keys.sealing(now: 1_000))
        #expect(keys.sealing(now: 1_099)?.name == first.name)
        #expect(keys.opening(first.name, now: 1_099)?.isOld == false)
        // Due, though nobody has sealed yet.
        #expect(keys.opening(first.name, now: 1_100)?.isOld == true)
        let second = try #require(keys.sealing(now: 1_100))
        #expect(second.name != first.name)
        #expect(keys.opening(first.name, now: 1_199)?.isOld == true)
        #expect(keys.opening(first.name, now: 1_200) == nil)
        _ = keys.sealing(now: 1_250)
        #expect(keys.opening(second.name, now: 1_250)?.isOld == true)
        #expect(keys.opening(first.name, now: 1_250) == nil)
        #expect(keys.opening([UInt8](repeating: 0, count: 16), now: 1_250) == nil)
    }

    @Test("ninety days of half-day keys")
    func manyRotations() throws {
        let keys = try TLSTicketKeys(keys: 3)
        var names: [[UInt8]] = []
        for hour in 0..<(90 * 24) {
            let now = Int64(hour) * 3_600
            let name = try #require(keys.sealing(now: now)).name
            if names.last != name { names.append(name) }
            #expect(names.suffix(3).allSatisfy { keys.opening($0, now: now) != nil })
            #expect(names.dropLast(3).suffix(2).allSatisfy { keys.opening($0, now: now) == nil })
            #expect(keys.export(now: now).count == min(names.count, 3))
        }
        #expect(names.count == 180)
        #expect(Set(names).count == 180)
    }

    @Test("gateways share keys through a form that is bytes, and those that don't rotate fall silent")
    func sharing() throws {
        let leader = try TLSTicketKeys(rotationInterval: 3_600)
        let follower = try TLSTicketKeys(rotationInterval: 3_600, rotates: false)
        #expect(follower.sealing(now: 0) == nil)
        #expect(follower.export(now: 0).isEmpty)
        let secrets = leader.export(now: 0)
        let carried = secrets.compactMap { TLSTicketSecret(bytes: $0.bytes) }
        #expect(carried == secrets)
        #expect(carried.map(\.made) == [0])
        follower.adopt(carried)
        let name = try #require(leader.sealing(now: 10)).name
        #expect(follower.sealing(now: 10)?.name == name)
        #expect(follower.export(now: 10) == secrets)
        // Both halves of the key made the journey.
        follower.adopt(leader.export(now: 3_600))
        #expect(follower.export(now: 3_600) == leader.export(now: 3_600))
        #expect(follower.sealing(now: 3_600)?.name != name)
        #expect(follower.sealing(now: 3_600 + 86_399) != nil)
        #expect(follower.sealing(now: 3_600 + 86_400) == nil)
        // What is known or older than all that are kept changes nothing.
        follower.adopt(secrets + secrets)
        #expect(follower.export(now: 3_600).count == 2)
    }

    @Test("a key made by a clock that was wrong neither seals nor opens, and keeps no place from a good one")
    func fromTheFuture() throws {
        let astray = try TLSTicketKeys(rotationInterval: 3_600)
        _ = astray.export(now: 1_000_000)
        let future = astray.export(now: 1_003_600)
        let name = Array(future[0].bytes.prefix(16))
        let leader = try TLSTicketKeys(rotationInterval: 3_600)
        _ = leader.sealing(now: 1_000)
        leader.adopt(future)
        #expect(leader.opening(name, now: 1_000) == nil)
        let second = try #require(leader.sealing(now: 1_001)).name
        #expect(second != name)
        #expect(leader.sealing(now: 1_002)?.name == second)
        #expect(leader.export(now: 1_002).allSatisfy { $0.made <= 1_002 })
        let follower = try TLSTicketKeys(rotationInterval: 3_600, rotates: false)
        follower.adopt(future)
        #expect(follower.sealing(now: 1_000) == nil)
        // Clocks that are a little apart do no harm.
        follower.adopt(leader.export(now: 1_002))
        #expect(follower.sealing(now: 800)?.name == second)
    }

    @Test("secrets show nothing, and other lengths are refused")
    func secrets() throws {
        let keys = try TLSTicketKeys()
        let secret = try #require(keys.export(now: 1_700_000_000).first)
        #expect("\(secret)" == "ticket key made at 1700000000")
        var dumped = ""
        dump([secret], to: &dumped)
        dump(keys, to: &dumped)
        dump(TLSResumption.tickets(keys), to: &dumped)
        #expect(!dumped.contains("\(secret.bytes[20]), \(secret.bytes[21])"))
        #expect(!dumped.contains("bytes"))
        #expect(TLSTicketSecret(bytes: Array(secret.bytes.dropLast())) == nil)
        #expect(TLSTicketSecret(bytes: secret.bytes + [0]) == nil)
        // No two keys are alike, and none is empty.
        let other = try #require(try TLSTicketKeys().export(now: 0).first)
        #expect(other.bytes[..<80] != secret.bytes[..<80])
        #expect(Set(secret.bytes[16..<80]).count > 8)
    }

    @Test("bounds")
    func bounds() {
        for (interval, count) in [(59, 2), (86_401, 2), (-1, 2), (100, 1), (100, 9)] as [(Int64, Int)] {
            #expect(throws: TLSError.self) { try TLSTicketKeys(rotationInterval: interval, keys: count) }
        }
    }
}
