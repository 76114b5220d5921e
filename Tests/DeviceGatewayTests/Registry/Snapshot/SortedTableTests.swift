import Testing

@testable import DeviceGateway

/// Where keys are said to lie.
private protocol Places: Sendable {
    static func word(of key: Int) -> UInt64?
}

@Suite struct SortedTableTests {
    private enum Nowhere: Places {
        static func word(of key: Int) -> UInt64? { nil }
    }
    private enum Evenly: Places {
        static func word(of key: Int) -> UInt64? { UInt64(clamping: key) }
    }
    /// Far from where they are.
    private enum Askew: Places {
        static func word(of key: Int) -> UInt64? {
            let key = UInt64(clamping: key)
            return key * key * key
        }
    }
    /// Many at one place.
    private enum Together: Places {
        static func word(of key: Int) -> UInt64? { UInt64(clamping: key / 50) }
    }
    /// At either end of all there is.
    private enum Apart: Places {
        static func word(of key: Int) -> UInt64? { key < 1_500 ? 0 : .max }
    }

    private struct Item<P: Places>: SortedTableRow, Equatable {
        var key: Int
        var value: Int

        static func word(of key: Int) -> UInt64? { P.word(of: key) }
    }

    private static let places: [any Places.Type] = [
        Nowhere.self, Evenly.self, Askew.self, Together.self, Apart.self,
    ]

    /// Against a dictionary, through splits and emptied chunks.
    @Test(arguments: places.indices, [1, 2] as [UInt64])
    func keepsWhatADictionaryKeeps(_ places: Int, _ seed: UInt64) {
        keepsWhatADictionaryKeeps(Self.places[places], seed)
    }

    private func keepsWhatADictionaryKeeps<P: Places>(_: P.Type, _ seed: UInt64) {
        typealias Item = SortedTableTests.Item<P>
        var random = SplitMix(seed: seed)
        var table = SortedTable<Item>()
        var model: [Int: Int] = [:]
        for round in 0..<6_000 {
            let key = Int.random(in: 0..<3_000, using: &random)
            // First it grows, then it shrinks.
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<(round < 4_000 ? 7 : 2):
                table.put(Item(key: key, value: round))
                model[key] = round
            case 8:
                table.update(key) { $0.value += 1 }
                if let value = model[key] { model[key] = value + 1 }
            default:
                #expect(table.remove(key)?.value == model.removeValue(forKey: key))
            }
        }
        #expect(table.count == model.count)
        var rows: [Item] = []
        table.forEach { rows.append($0) }
        #expect(rows == model.map { Item(key: $0, value: $1) }.sorted { $0.key < $1.key })
        for key in stride(from: -1, to: 3_001, by: 7) {
            #expect(table[key]?.value == model[key])
            var following: [Int] = []
            table.forEach(from: key) { row in
                following.append(row.key)
                return following.count < 3
            }
            #expect(following == Array(model.keys.filter { $0 >= key }.sorted().prefix(3)))
        }
    }

    @Test func aCopyStaysAsItWas() {
        var table = SortedTable<Item<Evenly>>(sorted: (0..<2_000).map { Item<Evenly>(key: $0, value: 0) })
        let copy = table
        for key in 0..<2_000 { table.update(key) { $0.value = 1 } }
        table.remove(7)
        table.put(Item(key: 5_000, value: 1))
        #expect(copy.count == 2_000)
        copy.forEach { #expect($0.value == 0) }
        #expect(copy[7] != nil && copy[5_000] == nil)
    }

    @Test func findsPlacesWithAndWithoutAHint() throws {
        let table = SortedTable<Item<Evenly>>(
            sorted: (0..<2_000).map { Item<Evenly>(key: $0 * 2, value: $0) })
        var hint: SortedTable<Item<Evenly>>.Position?
        for key in 0..<4_001 {
            let position = table.position(of: key, after: hint)
            #expect((position != nil) == (key % 2 == 0 && key < 4_000))
            if let position {
                #expect(table[position].key == key)
                hint = position
            }
        }
    }

    @Test func fewKeepsASet() {
        var few = Few<Int>.none
        for element in [3, 1, 2, 3, 1] { few.insert(element) }
        #expect(few.array == [1, 2, 3] && few.count == 3 && few.first == 1)
        for element in [2, 9, 1] { few.remove(element) }
        #expect(few.array == [3] && few.contains(3) && !few.contains(2))
        few.remove(3)
        #expect(few.isEmpty && few.first == nil)
    }

    @Test func octetsComeBack() {
        for count in 0...40 {
            let octets = (0..<count).map { UInt8($0) }
            #expect(CompactOctets(octets).array == octets)
            #expect(CompactOctets(octets) == CompactOctets(octets))
            #expect(CompactOctets(octets) != CompactOctets(octets + [0]))
        }
    }
}
