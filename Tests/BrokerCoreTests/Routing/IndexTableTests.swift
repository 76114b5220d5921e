import Testing

@testable import BrokerCore

@Suite struct IndexTableTests {
    // Against a dictionary, with few distinct hashes so that runs collide, wrap and shift back.
    @Test(arguments: UInt64(1)...8)
    func agreesWithADictionary(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = IndexTable()
        var model: [Int32: UInt32] = [:]
        for _ in 0..<5_000 {
            let index = Int32.random(in: 0..<200, using: &random)
            if let hash = model[index] {
                #expect(table.find(hash) { $0 == index } == index)
                table.remove(hash, index)
                model[index] = nil
            } else {
                let hash = UInt32.random(in: 0..<40, using: &random) &* 0x0FFF_FFF1
                #expect(table.find(hash) { $0 == index } == nil)
                table.insert(hash, index)
                model[index] = hash
            }
            #expect(table.count == model.count)
        }
        for (index, hash) in model { #expect(table.find(hash) { $0 == index } == index) }
    }
}
