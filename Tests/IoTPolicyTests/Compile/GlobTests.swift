import IoTPolicy
import Testing

@Suite("Glob matching")
struct GlobTests {
    @Test("hostile patterns and topics take linear time", .timeLimit(.minutes(1)))
    func hostile() throws {
        let topic = String(repeating: "a", count: 16_000)
        for (pattern, matchesWithB) in [
            (String(repeating: "a*", count: 800) + "b", true),
            ("*" + String(repeating: "a", count: 1_500) + "b*", true),
            (String(repeating: "*a", count: 800) + "*b*", true),
            (String(repeating: "?*", count: 800) + "b", true),
            ("*" + String(repeating: "ab", count: 700) + "*a*b*", false),
            ("*${iot:ClientId}b*", true), (String(repeating: "*${iot:ClientId}", count: 90) + "*b*", true),
        ] {
            let text = statement("Allow", "iot:Publish", on: ["@topic/\(pattern)"])
            let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
            let clientID = String(repeating: "a", count: pattern.utf8.count < 100 ? 10_000 : 100)
            let connection = set.specialized(for: PolicyContext(clientID: clientID), scope: scope)
            #expect(connection.decide(.publish, topic) == .implicitDeny)
            #expect(connection.decide(.publish, topic + "b").isAllowed == matchesWithB)
        }
    }

    @Test("patterns of few letters agree with the obvious matcher", arguments: 0..<10)
    func oracle(block: Int) throws {
        var random = SeededGenerator(seed: UInt64(700 + block))
        var matched = 0
        for _ in 0..<300 {
            var pattern = ""
            for _ in 0..<(random.next() % 9) { pattern += random.pick(["a", "b", "*", "?", "é", "a"]) }
            let text = statement("Allow", "iot:Publish", on: ["@topic/\(pattern)"])
            let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
            let connection = set.specialized(for: PolicyContext(clientID: "c"), scope: scope)
            for _ in 0..<10 {
                var topic = ""
                for _ in 0..<(random.next() % 12) { topic += random.pick(["a", "b", "é", "a"]) }
                let expected = SlowEvaluator.glob(
                    SlowEvaluator.plain(pattern), Array(topic.unicodeScalars)[...])
                if expected { matched += 1 }
                #expect(connection.decide(.publish, topic).isAllowed == expected, "\(pattern) on \(topic)")
            }
        }
        #expect(matched > 100)
    }

    @Test("bytes that are no UTF-8 are judged without a trap")
    func notUTF8() throws {
        let text = statement("Allow", "iot:Publish", on: ["@topic/*?a", "@topic/?", "@topic/b?"])
        let set = PolicySet([NamedPolicy(name: "p", document: try document(text))])
        let connection = set.specialized(for: PolicyContext(clientID: "c"), scope: scope)
        var random = SeededGenerator(seed: 4)
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<(random.next() % 10) {
                bytes.append(random.pick([0x80, 0xBF, 0xFF, 0xC3, 0x61, 0x62, 0xF0]))
            }
            _ = bytes.withUnsafeBufferPointer { connection.decide(.publish, $0) }
        }
        let oneAndAHalf: [UInt8] = [0x62, 0x80]
        #expect(oneAndAHalf.withUnsafeBufferPointer { connection.decide(.publish, $0) } == .allowed)
    }
}
