import BrokerCore
import MQTTCodec
import Testing

@Suite struct SubscriptionTrieTests {
    private let plain = SubscriptionOptions(qos: .atLeastOnce)

    private func trie(
        _ filters: [String], _ wildcard: MultiLevelWildcard = .includesParent
    ) throws -> SubscriptionTrie {
        var trie = SubscriptionTrie(seed: 1, multiLevelWildcard: wildcard)
        for (index, string) in filters.enumerated() {
            let outcome = trie.subscribe(
                try filter(string), session: SessionID(rawValue: UInt32(index)), options: plain)
            #expect(outcome == .added)
        }
        return trie
    }

    // MQTT 5, 4.7.1: the standard's own examples.
    @Test(arguments: [
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
        ("sport/#", "sport", true),
        ("#", "sport/tennis", true),
        ("sport/tennis/+", "sport/tennis/player1", true),
        ("sport/tennis/+", "sport/tennis/player1/ranking", false),
        ("sport/+", "sport", false),
        ("sport/+", "sport/", true),
        ("+/+", "/finance", true),
        ("/+", "/finance", true),
        ("+", "/finance", false),
        ("#", "$SYS/", false),
        ("+/monitor/Clients", "$SYS/monitor/Clients", false),
        ("$SYS/#", "$SYS/", true),
        ("$SYS/#", "$SYS", true),
        ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
        ("a/+/$x", "a/b/$x", true),
        ("a/#", "a/$x", true),
        ("ACCOUNTS", "Accounts", false),
        ("/", "/", true),
    ])
    func standardExamples(_ pattern: String, _ topic: String, _ matches: Bool) throws {
        #expect(try trie([pattern]).match(topic).isEmpty != matches)
    }

    // AWS IoT Core, "MQTT topics": `a/#` does not match `a`.
    @Test func multiLevelWildcardCanExcludeTheParent() throws {
        let trie = try trie(["a/#", "#", "a"], .excludesParent)
        #expect(trie.sessions("a") == [1, 2])
        #expect(trie.sessions("a/") == [0, 1])
        #expect(trie.sessions("a/b/c") == [0, 1])
    }

    // The one matcher of the codec and the trie give the same answer on random filters and topics.
    @Test(arguments: UInt64(1)...6)
    func agreesWithTheMatcher(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = ["", "a", "b", "$x", "a-level-longer-than-inline", "a-level-longer-than-inlinf", "é"]
        func path(_ words: [String]) -> String {
            var path = ""
            for level in 0..<Int.random(in: 1...6, using: &random) {
                path += (level > 0 ? "/" : "") + (words.randomElement(using: &random) ?? "a")
            }
            return path
        }
        var trie = SubscriptionTrie(seed: seed)
        var naive: [MQTTTopicFilter: Set<UInt32>] = [:]
        var alive: [(MQTTTopicFilter, UInt32)] = []
        for _ in 0..<1_200 {
            var string = path(words + ["+", "+"])
            if Bool.random(using: &random) { string += "/#" }
            guard let pattern = try? filter(string) else { continue }
            let session = UInt32.random(in: 0..<20, using: &random)
            // Half the time what is there is removed, so that nodes are freed and reused all along.
            if Bool.random(using: &random), let place = alive.indices.randomElement(using: &random) {
                let (gone, session) = alive.remove(at: place)
                let removed = trie.unsubscribe(gone, session: SessionID(rawValue: session))
                let again = trie.unsubscribe(gone, session: SessionID(rawValue: session))
                #expect(removed && !again)
                naive[gone]?.remove(session)
            } else {
                let outcome = trie.subscribe(
                    pattern, session: SessionID(rawValue: session), options: plain)
                let isNew = naive[pattern, default: []].insert(session).inserted
                #expect(outcome == (isNew ? .added : .replaced))
                if isNew { alive.append((pattern, session)) }
            }
            guard let topic = try? MQTTTopicName(path(words)) else { continue }
            let expected = naive.filter { $0.key.matches(topic) }.flatMap(\.value).sorted()
            #expect(trie.sessions(topic.string) == expected, "\(topic.string)")
        }
        #expect(trie.count == naive.values.reduce(0) { $0 + $1.count })
        for (pattern, sessions) in naive {
            for session in sessions {
                trie.removeAll(session: SessionID(rawValue: session), filters: [pattern])
            }
        }
        #expect(trie.count == 0)
        #expect(trie.nodeCount == 0)
        #expect(trie.byteCount == 0)
    }

    // Churn reuses what it freed: memory follows what is subscribed, not what ever was.
    @Test func churnLeavesNothingBehind() throws {
        var trie = SubscriptionTrie(seed: 7)
        let stays = try filter("stays/here/#")
        #expect(trie.subscribe(stays, session: 0, options: plain) == .added)
        let (nodes, bytes) = (trie.nodeCount, trie.byteCount)
        for round in 0..<2_000 {
            let gone = try filter("devices/number-\(round)-with-a-long-level/+/#")
            #expect(trie.subscribe(gone, session: 1, options: plain) == .added)
            #expect(trie.unsubscribe(gone, session: 1) == true)
            #expect(trie.nodeCount == nodes)
            #expect(trie.byteCount == bytes)
        }
        #expect(trie.sessions("stays/here/yes") == [0])
    }

    @Test func replacingChangesTheOptionsOnly() throws {
        var trie = SubscriptionTrie(seed: 1)
        let pattern = try filter("a/+")
        #expect(trie.subscribe(pattern, session: 3, options: plain) == .added)
        let options = SubscriptionOptions(
            qos: .atMostOnce, noLocal: true, retainAsPublished: true, subscriptionIdentifier: 268_435_455)
        #expect(trie.subscribe(pattern, session: 3, options: options) == .replaced)
        #expect(trie.count == 1)
        #expect(trie.match("a/b") == [SubscriptionMatch(session: 3, options: options)])
        let match = try #require(trie.match("a/b").first)
        #expect(match.qos == .atMostOnce && match.noLocal && match.retainAsPublished)
        #expect(match.subscriptionIdentifier == 268_435_455)
    }

    @Test func unsubscribingWhatIsNotThereChangesNothing() throws {
        var trie = try trie(["a/b", "a/#"])
        for (string, session) in [("a/b", 1), ("a/#", 0), ("a", 0), ("a/b/c", 0), ("+/b", 0), ("#", 1)] {
            #expect(
                trie.unsubscribe(try filter(string), session: SessionID(rawValue: UInt32(session))) == false)
        }
        #expect(trie.count == 2)
    }

    // MARK: Bounds

    @Test func subscriptionsAreBounded() throws {
        var trie = SubscriptionTrie(seed: 1, limits: SubscriptionLimits(maximumSubscriptions: 2))
        #expect(trie.subscribe(try filter("a"), session: 0, options: plain) == .added)
        #expect(trie.subscribe(try filter("b"), session: 0, options: plain) == .added)
        #expect(
            trie.subscribe(try filter("c/d"), session: 0, options: plain) == .refused(.tooManySubscriptions))
        #expect(trie.nodeCount == 2)
        #expect(trie.subscribe(try filter("b"), session: 0, options: plain) == .replaced)
        #expect(trie.unsubscribe(try filter("a"), session: 0) == true)
        #expect(trie.subscribe(try filter("c/d"), session: 0, options: plain) == .added)
    }

    @Test func levelsAreBounded() throws {
        var trie = SubscriptionTrie(seed: 1, limits: SubscriptionLimits(maximumLevels: 3))
        #expect(trie.subscribe(try filter("a/+/#"), session: 0, options: plain) == .added)
        #expect(trie.subscribe(try filter("a/b/c"), session: 1, options: plain) == .added)
        #expect(trie.subscribe(try filter("a/b/c/d"), session: 0, options: plain) == .refused(.tooManyLevels))
        #expect(trie.subscribe(try filter("a/b/c/#"), session: 0, options: plain) == .refused(.tooManyLevels))
        #expect(trie.sessions("a/b/c") == [0, 1])
        #expect(trie.sessions("a/b/c/d/e/f") == [0])
    }

    @Test func bytesAreBounded() throws {
        var probe = SubscriptionTrie(seed: 1)
        let short = try filter("a/b")
        let long = try filter("a/" + String(repeating: "l", count: 60_000))
        #expect(probe.subscribe(short, session: 0, options: plain) == .added)
        let shortBytes = probe.byteCount
        #expect(probe.subscribe(long, session: 0, options: plain) == .added)
        #expect(probe.byteCount > shortBytes + 60_000)

        var exact = SubscriptionTrie(seed: 1, limits: SubscriptionLimits(maximumBytes: probe.byteCount))
        #expect(exact.subscribe(short, session: 0, options: plain) == .added)
        #expect(exact.subscribe(long, session: 0, options: plain) == .added)
        var less = SubscriptionTrie(seed: 1, limits: SubscriptionLimits(maximumBytes: probe.byteCount - 1))
        #expect(less.subscribe(short, session: 0, options: plain) == .added)
        #expect(less.subscribe(long, session: 0, options: plain) == .refused(.tooManyBytes))
        #expect(less.byteCount == shortBytes)
    }

    @Test func sharedSubscriptionsDoNotBelongHere() throws {
        var trie = SubscriptionTrie(seed: 1)
        let shared = try filter("$share/group/a")
        #expect(trie.subscribe(shared, session: 0, options: plain) == .refused(.sharedSubscription))
        #expect(trie.count == 0)
    }

    // Whatever filters peers form, a node is visited once: 2^12 filters of "a" and "+" for one topic give
    // 2^12 matches, and a topic that leaves the pattern early gives none.
    @Test func plusFrontierIsBoundedByTheTrie() throws {
        var trie = SubscriptionTrie(seed: 1)
        for bits in 0..<4_096 {
            let levels = (0..<12).map { bits >> $0 & 1 == 0 ? "a" : "+" }
            let pattern = try filter(levels.joined(separator: "/"))
            #expect(
                trie.subscribe(pattern, session: SessionID(rawValue: UInt32(bits)), options: plain) == .added)
        }
        #expect(trie.nodeCount == 8_190)
        let topic = Array(repeating: "a", count: 12).joined(separator: "/")
        #expect(trie.sessions(topic) == Array(0..<4_096))
        #expect(trie.sessions("b/" + topic).isEmpty)
    }

    @Test func topicsOfAnyShapeAreHarmless() throws {
        let trie = try trie(["#", "+/+", "a"])
        #expect(trie.sessions("") == [0])
        #expect(trie.sessions(String(repeating: "/", count: 65_535)) == [0])
        #expect(trie.sessions(String(repeating: "a", count: 65_536)) == [])
    }

    @Test func reportsHowManyFiltersMatched() throws {
        let trie = try trie(["a/b", "a/+"])
        var matches: [SubscriptionMatch] = []
        var reports: [MatchedFilters] = []
        for topic in ["x", "a/c", "a/b"] {
            var topic = topic
            topic.withUTF8 { reports.append(trie.match($0, into: &matches)) }
        }
        #expect(reports == [.none, .one, .several])
        #expect(matches.count == 3)
    }
}
