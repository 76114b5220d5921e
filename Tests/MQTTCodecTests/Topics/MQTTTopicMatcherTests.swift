import MQTTCodec
import Testing

@Suite struct MQTTTopicMatcherTests {
    /// The examples of §4.7.1 and §4.7.2, and the corners between them.
    @Test(arguments: [
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
        ("sport/tennis/player1/#", "sport/tennis/player10", false),
        ("sport/#", "sport", true), ("#", "a/b/c", true), ("#", "/", true),
        ("sport/tennis/+", "sport/tennis/player1", true),
        ("sport/tennis/+", "sport/tennis/player1/ranking", false),
        ("sport/+", "sport", false), ("sport/+", "sport/", true),
        ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
        ("+/tennis/#", "sport/tennis", true), ("+/+/#", "a/b", true), ("+/#", "a", true),
        ("#", "$SYS/x", false), ("+/monitor/Clients", "$SYS/monitor/Clients", false), ("+", "$SYS", false),
        ("$SYS/#", "$SYS/monitor/Clients", true), ("$SYS/#", "$SYS", true),
        ("$SYS/monitor/+", "$SYS/monitor/Clients", true), ("a/+", "a/$SYS", true), ("a/#", "a/$SYS", true),
        ("ACCOUNTS", "Accounts", false), ("/finance", "finance", false), ("a/b", "a/bc", false),
        ("a/bc", "a/b", false), ("a//b", "a//b", true), ("a/+/b", "a//b", true), ("a/b/#", "a", false),
        ("/#", "/", true), ("/#", "", false), ("+/", "a/", true), ("+/", "a", false),
    ])
    func `A filter against a name`(filter: String, topic: String, isMatch: Bool) {
        #expect(MQTTTopicMatcher.matches(filter: filter, topic: topic) == isMatch)
    }

    @Test func `A shared subscription matches with what follows its name`() throws {
        let filter = try MQTTTopicFilter("$share/g/a/+")
        #expect(filter.matches(try MQTTTopicName("a/b")))
        #expect(!filter.matches(try MQTTTopicName("$share/g/a/b")))
        #expect(try !MQTTTopicFilter("$share/g/#").matches(MQTTTopicName("$SYS/x")))
    }

    @Test func `It agrees with matching level by level`() throws {
        var random = SeededGenerator(seed: 6)
        var matches = 0
        for _ in 0..<20_000 {
            let topic = randomLevels(["a", "b", "", "$a", "ab"], &random)
            var filter = randomLevels(["a", "b", "", "+", "+", "$a", "ab"], &random)
            if Bool.random(using: &random) { filter += ["#"] }
            let filterString = filter.joined(separator: "/")
            let topicString = topic.joined(separator: "/")
            guard let valid = try? MQTTTopicFilter(filterString), let name = try? MQTTTopicName(topicString)
            else {
                continue
            }
            let expected = matchesByLevel(filter, topic)
            #expect(valid.matches(name) == expected, "\(filterString) \(topicString)")
            if expected { matches += 1 }
        }
        #expect(matches > 500)
    }

    private func randomLevels(_ levels: [String], _ random: inout SeededGenerator) -> [String] {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
            levels[Int.random(in: 0..<levels.count, using: &random)]
        }
    }

    private func matchesByLevel(_ filter: [String], _ topic: [String]) -> Bool {
        if topic[0].hasPrefix("$"), filter[0] == "+" || filter[0] == "#" { return false }
        for (index, level) in filter.enumerated() {
            if level == "#" { return true }
            guard index < topic.count, level == "+" || level == topic[index] else { return false }
        }
        return filter.count == topic.count
    }
}
