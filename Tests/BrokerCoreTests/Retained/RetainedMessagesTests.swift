import BrokerCore
import MQTTCodec
import NIOCore
import Testing

@Suite struct RetainedMessagesTests {
    private let now = BrokerInstant.seconds(100)

    private func topics(
        _ retained: RetainedMessages, _ pattern: String, limit: Int = .max, now: BrokerInstant? = nil
    ) throws -> [String] {
        retained.matching(try filter(pattern), now: now ?? self.now, limit: limit).map(\.topic).sorted()
    }

    private func retained(
        _ topics: [String], _ wildcard: MultiLevelWildcard = .includesParent
    ) -> RetainedMessages {
        var retained = RetainedMessages(seed: 1, multiLevelWildcard: wildcard)
        for topic in topics {
            let outcome = retained.store(message(topic, topic, retain: true), now: now)
            #expect(outcome == .stored)
        }
        return retained
    }

    // MQTT-3.3.1-5, -6, -7.
    @Test func keepsTheLatestAndDeletesOnZeroBytes() throws {
        var retained = RetainedMessages(seed: 1)
        let outcomes = [
            retained.store(message("a/b", ""), now: now), retained.store(message("a/b", "1"), now: now),
            retained.store(message("a/b", "2"), now: now),
        ]
        #expect(outcomes == [.absent, .stored, .replaced])
        #expect(retained.message(for: try MQTTTopicName("a/b"), now: now)?.text == "2")
        #expect(retained.count == 1)
        let deleted = retained.store(message("a/b", ""), now: now)
        #expect(deleted == .removed)
        #expect(retained.count == 0 && retained.nodeCount == 0 && retained.byteCount == 0)
    }

    @Test func findsByFilter() throws {
        let retained = retained(["a", "a/b", "a/b/c", "a/x/c", "b", "$SYS/up", "/", "a/"])
        #expect(try topics(retained, "a/b") == ["a/b"])
        #expect(try topics(retained, "a/#") == ["a", "a/", "a/b", "a/b/c", "a/x/c"])
        #expect(try topics(retained, "a/+/c") == ["a/b/c", "a/x/c"])
        #expect(try topics(retained, "+") == ["a", "b"])
        #expect(try topics(retained, "+/+") == ["/", "a/", "a/b"])
        #expect(try topics(retained, "#") == ["/", "a", "a/", "a/b", "a/b/c", "a/x/c", "b"])
        #expect(try topics(retained, "$SYS/#") == ["$SYS/up"])
        #expect(try topics(retained, "c/#") == [])
        // MQTT 5, 4.8.2: none for shared subscriptions.
        #expect(try topics(retained, "$share/g/a") == [])
        #expect(try topics(retained, "#", limit: 3).count == 3)
        #expect(try topics(retained, "a", limit: 0) == [])
    }

    @Test func multiLevelWildcardCanExcludeTheParent() throws {
        let retained = retained(["a", "a/b"], .excludesParent)
        #expect(try topics(retained, "a/#") == ["a/b"])
        #expect(try topics(retained, "#") == ["a", "a/b"])
    }

    // Against a dictionary and the codec's matcher, with deletion, replacement and expiry.
    @Test(arguments: UInt64(1)...4)
    func agreesWithADictionary(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = ["", "a", "b", "$x", "a-level-longer-than-inline", "$-level-longer-than-inline"]
        func path(_ words: [String]) -> String {
            var path = ""
            for level in 0..<Int.random(in: 1...4, using: &random) {
                path += (level > 0 ? "/" : "") + (words.randomElement(using: &random) ?? "a")
            }
            return path
        }
        var retained = RetainedMessages(seed: seed)
        var model: [String: BrokerMessage] = [:]
        var now = BrokerInstant.seconds(1)
        for step in 0..<1_000 {
            now = now.adding(nanoseconds: .random(in: 0...500_000_000, using: &random))
            model = model.filter { !$0.value.isExpired(at: now) }
            guard let topic = try? MQTTTopicName(path(words)) else { continue }
            let expires = Bool.random(using: &random)
            let new = message(
                topic.string, Int.random(in: 0..<3, using: &random) == 0 ? "" : String(step),
                expiry: expires ? now.adding(seconds: .random(in: 1...60, using: &random)) : .never)
            let outcome = retained.store(new, now: now)
            if new.text.isEmpty {
                #expect(outcome == (model.removeValue(forKey: topic.string) == nil ? .absent : .removed))
            } else {
                #expect(
                    outcome == (model.updateValue(new, forKey: topic.string) == nil ? .stored : .replaced))
            }
            #expect(retained.count == model.count)
            guard let pattern = try? filter(path(words + ["+", "+"]) + (step % 3 == 0 ? "/#" : "")) else {
                continue
            }
            let expected = model.values.filter {
                (try? MQTTTopicName($0.topic)).map { pattern.matches($0) } ?? false
            }
            let found = retained.matching(pattern, now: now)
            #expect(found.map(\.text).sorted() == expected.map(\.text).sorted(), "\(pattern)")
        }
        for topic in model.keys {
            let removed = retained.remove(topic: try MQTTTopicName(topic))
            #expect(removed)
        }
        #expect(retained.count == 0 && retained.nodeCount == 0 && retained.byteCount == 0)
        #expect(retained.nextExpiry == nil)
    }

    // MQTT 5, 3.3.2.3.3.
    @Test func expiredMessagesAreNeverReturned() throws {
        var retained = RetainedMessages(seed: 1)
        for (topic, second) in [("a/1", UInt32(110)), ("a/2", 105), ("b", 120)] {
            let outcome = retained.store(message(topic, expiry: .seconds(second)), now: now)
            #expect(outcome == .stored)
        }
        let refused = retained.store(message("c", expiry: now), now: now)
        #expect(refused == .refused(.expired))
        #expect(retained.nextExpiry == .seconds(105))
        #expect(try topics(retained, "#", now: .seconds(110)) == ["b"])
        #expect(retained.message(for: try MQTTTopicName("a/1"), now: .seconds(110)) == nil)
        let removed = [
            retained.removeExpired(now: .seconds(104)), retained.removeExpired(now: .seconds(110)),
        ]
        #expect(removed == [0, 2])
        #expect(retained.count == 1 && retained.nodeCount == 1)
    }

    // Replacing an expiring message over and over keeps the expiry index small.
    @Test func replacingDoesNotPileUpExpiries() {
        var retained = RetainedMessages(seed: 1)
        for round in UInt32(0)..<5_000 {
            _ = retained.store(message("a", String(round), expiry: .seconds(10_000 + round)), now: now)
        }
        let removed = retained.removeExpired(now: .seconds(14_998))
        #expect(removed == 0 && retained.count == 1)
        let last = retained.removeExpired(now: .seconds(14_999))
        #expect(last == 1 && retained.count == 0)
    }

    // MARK: Bounds

    @Test func messagesAreBounded() {
        var retained = RetainedMessages(seed: 1, limits: RetainedLimits(maximumMessages: 2))
        let outcomes = [
            retained.store(message("a", expiry: .seconds(101)), now: now),
            retained.store(message("b"), now: now),
            retained.store(message("c/d"), now: now), retained.store(message("b", "2"), now: now),
        ]
        #expect(outcomes == [.stored, .stored, .refused(.tooManyMessages), .replaced])
        #expect(retained.nodeCount == 2)
        // Expired messages make room.
        let later = retained.store(message("c/d"), now: .seconds(101))
        #expect(later == .stored)
    }

    @Test func bytesAreBounded() throws {
        var probe = RetainedMessages(seed: 1)
        _ = probe.store(message("a/b", "12345"), now: now)
        let size = probe.byteCount
        #expect(size > message("a/b", "12345").byteCount)
        var exact = RetainedMessages(seed: 1, limits: RetainedLimits(maximumBytes: size))
        let outcomes = [
            exact.store(message("a/b", "1"), now: now), exact.store(message("a/b", "12345"), now: now),
            exact.store(message("a/b", "123456"), now: now), exact.store(message("c", "1"), now: now),
        ]
        #expect(outcomes == [.stored, .replaced, .refused(.tooManyBytes), .refused(.tooManyBytes)])
        #expect(exact.message(for: try MQTTTopicName("a/b"), now: now)?.text == "12345")
        #expect(exact.byteCount == size)
    }

    @Test func levelsAreBounded() throws {
        var retained = RetainedMessages(seed: 1, limits: RetainedLimits(maximumLevels: 2))
        let outcomes = [retained.store(message("a/b"), now: now), retained.store(message("a/b/c"), now: now)]
        #expect(outcomes == [.stored, .refused(.tooManyLevels)])
        #expect(try topics(retained, "a/b/#") == ["a/b"])
        #expect(try topics(retained, "+/+/+/+/#") == [])
    }
}
