import Testing

@testable import GatewayTLS

@Suite("Members in the order of their arrival")
struct ArrivalOrderTests {
    @Test("the oldest first; who moves to the end, or comes again, is the newest")
    func order() {
        var order = ArrivalOrder<String, Int>()
        for (key, member) in [("a", 1), ("b", 2), ("c", 3)] { order.append(member, key) }
        order.moveToEnd("a")
        order.moveToEnd("nobody")
        order.append(20, "b")
        #expect(order["b"] == 20)
        #expect([order.removeOldest(), order.removeOldest(), order.removeOldest()] == [3, 1, 20])
        #expect(order.oldest() == nil && order.removeOldest() == nil && order.isEmpty)
    }

    /// Against the plain thing: an array.
    @Test("whatever comes, moves and leaves", arguments: 1...5 as ClosedRange<UInt64>)
    func likeAnArray(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var order = ArrivalOrder<Int, Int>()
        var model: [Int] = []
        for _ in 0..<2_000 {
            let key = Int.random(in: 0..<40, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                order.append(key, key)
                model.removeAll { $0 == key }
                model.append(key)
            case 1:
                order.moveToEnd(key)
                if model.contains(key) { model = model.filter { $0 != key } + [key] }
            case 2:
                #expect((order.remove(key) != nil) == model.contains(key))
                model.removeAll { $0 == key }
            default:
                #expect(order.removeOldest() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(order.count == model.count && order.oldest() == model.first)
        }
        #expect(order.all.sorted() == model.sorted())
    }
}
