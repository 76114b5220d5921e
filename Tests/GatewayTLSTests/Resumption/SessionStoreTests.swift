import Testing

@testable import GatewayTLS

@Suite("Sessions by id, within bounds")
struct SessionStoreTests {
    private func id(_ number: Int) -> SessionID {
        var bytes = [UInt8](repeating: 0, count: 32)
        withUnsafeBytes(of: number) { bytes.replaceSubrange(24..<32, with: $0) }
        guard let id = bytes.withUnsafeBytes({ SessionID($0) }) else { fatalError("32 bytes are an id") }
        return id
    }

    private func store(_ count: Int = 100, size: Int = .max, lifetime: Int64 = 60) -> SessionStore<Int> {
        SessionStore(maximumCount: count, maximumSize: size, lifetime: lifetime)
    }

    @Test("ids of another length are none of ours, and every byte counts")
    func ids() {
        for count in [0, 1, 16, 31, 33] {
            #expect([UInt8](repeating: 1, count: count).withUnsafeBytes { SessionID($0) } == nil)
        }
        let bytes = (0..<32).map { UInt8($0) }
        for index in 0..<32 {
            var other = bytes
            other[index] ^= 0x80
            #expect(bytes.withUnsafeBytes { SessionID($0) } != other.withUnsafeBytes { SessionID($0) })
        }
    }

    @Test("a session lives its time, to the second")
    func lifetime() {
        var store = store()
        store.insert(1, id: id(1), certificateID: nil, size: 10, now: 1_000)
        #expect(store.find(id(1), now: 1_000) == 1)
        #expect(store.find(id(1), now: 1_059) == 1)
        #expect(store.find(id(1), now: 1_060) == nil)
        #expect(store.count == 0 && store.size == 0)
        store.insert(2, id: id(2), certificateID: nil, size: 10, now: .max)
        #expect(store.find(id(2), now: .max - 1) == 2)
    }

    @Test("the oldest goes when there are too many, or they are too large")
    func bounds() {
        var few = store(3)
        for number in 1...5 { few.insert(number, id: id(number), certificateID: nil, size: 1, now: 0) }
        #expect((1...5).map { few.find(id($0), now: 0) } == [nil, nil, 3, 4, 5])
        var small = store(size: 100)
        small.insert(1, id: id(1), certificateID: nil, size: 60, now: 0)
        small.insert(2, id: id(2), certificateID: nil, size: 40, now: 0)
        #expect(small.size == 100)
        small.insert(3, id: id(3), certificateID: nil, size: 1, now: 0)
        #expect(small.find(id(1), now: 0) == nil)
        #expect(small.size == 41)
        small.insert(4, id: id(4), certificateID: nil, size: 101, now: 0)
        #expect(small.find(id(4), now: 0) == nil)
        #expect(small.count == 2)
        var none = store(0)
        none.insert(1, id: id(1), certificateID: nil, size: 1, now: 0)
        #expect(none.count == 0)
    }

    @Test("a session put in again is counted once, and is young again")
    func replaced() {
        var store = store(2)
        store.insert(1, id: id(1), certificateID: nil, size: 10, now: 0)
        store.insert(2, id: id(2), certificateID: nil, size: 10, now: 0)
        store.insert(11, id: id(1), certificateID: nil, size: 20, now: 1)
        #expect(store.size == 30)
        store.insert(3, id: id(3), certificateID: nil, size: 10, now: 1)
        #expect(store.find(id(2), now: 1) == nil)
        #expect(store.find(id(1), now: 1) == 11)
    }

    @Test("sessions go by their certificate")
    func certificates() {
        var store = store()
        for number in 0..<10 {
            store.insert(
                number, id: id(number), certificateID: number == 9 ? nil : [UInt8(number % 3)], size: 1,
                now: 0)
        }
        #expect(store.removeAll { $0 == [1] } == 3)
        #expect(store.removeAll { $0 == [1] } == 0)
        #expect(store.count == 7)
        #expect(store.removeAll { _ in true } == 6)
        #expect(store.find(id(9), now: 0) == 9)
    }

    @Test("a store under any use agrees with one written plainly", arguments: 0..<20 as Range<UInt64>)
    func model(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var store = store(8, size: 50, lifetime: 5)
        var model: [(number: Int, size: Int, end: Int64)] = []
        var now: Int64 = 0
        for _ in 0..<2_000 {
            let number = Int.random(in: 0..<24, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                let size = Int.random(in: 1...20, using: &random)
                store.insert(number, id: id(number), certificateID: nil, size: size, now: now)
                model.removeAll { $0.number == number || $0.end <= now }
                while model.count >= 8 || model.map(\.size).reduce(size, +) > 50 { model.removeFirst() }
                model.append((number, size, now + 5))
            case 2:
                let expected = model.first { $0.number == number && $0.end > now }?.number
                #expect(store.find(id(number), now: now) == expected)
                model.removeAll { $0.number == number && $0.end <= now }
            case 3:
                #expect(store.remove(id(number)) == model.contains { $0.number == number })
                model.removeAll { $0.number == number }
            default:
                now += Int64.random(in: 0...2, using: &random)
            }
            #expect(store.count == model.count)
            #expect(store.size == model.map(\.size).reduce(0, +))
        }
    }
}
