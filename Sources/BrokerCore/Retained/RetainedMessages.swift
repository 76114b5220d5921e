import HeapModule
public import MQTTCodec
import NIOCore

/// The retained messages, one per topic (MQTT 5, 3.3.1.3), found by topic or by filter.
///
/// A ``TopicTree`` whose nodes link their children, so that a filter's literal levels are looked up and only
/// its wildcards are walked. Expired messages are never returned; they are removed whenever a message is
/// stored and by ``removeExpired(now:)``.
public struct RetainedMessages: Sendable {
    private struct Links: BitwiseCopyable {
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
        var previousSibling: Int32 = -1
        /// Index of the topic's message.
        var message: Int32 = -1
    }

    private struct Expiry: Comparable {
        var instant: BrokerInstant
        /// Where the message is, unless it has been replaced since.
        var node: Int32
        var message: ObjectIdentifier

        static func < (lhs: Expiry, rhs: Expiry) -> Bool { lhs.instant < rhs.instant }
    }

    private typealias Tree = TopicTree<Links>

    /// The bounds it keeps.
    public let limits: RetainedLimits
    /// Whether `a/#` matches `a`.
    public let multiLevelWildcard: MultiLevelWildcard

    private var tree: Tree
    private var messages: [BrokerMessage?] = []
    private var freeMessages: [Int32] = []
    private var expiries = Heap<Expiry>()
    /// Entries of `expiries` whose message is still there.
    private var liveExpiries = 0
    private var messageBytes = 0

    /// The number of messages, expired ones that were not yet removed included.
    public private(set) var count = 0
    /// The number of topic levels held, shared ones once. 0 when there are no messages.
    public var nodeCount: Int { tree.count }
    /// Bytes taken; what ``RetainedLimits/maximumBytes`` bounds.
    public var byteCount: Int { tree.byteCount + messageBytes }
    /// When ``removeExpired(now:)`` next has something to do, at the earliest.
    public var nextExpiry: BrokerInstant? { expiries.min?.instant }

    /// No messages.
    ///
    /// - Parameters:
    ///   - seed: keys the hash; take it from a good source of chance.
    ///   - limits: the bounds.
    ///   - multiLevelWildcard: whether `a/#` matches `a`.
    public init(
        seed: UInt64, limits: RetainedLimits = RetainedLimits(),
        multiLevelWildcard: MultiLevelWildcard = .includesParent
    ) {
        self.limits = limits
        self.multiLevelWildcard = multiLevelWildcard
        tree = Tree(seed: seed, rootValue: Links())
    }

    // MARK: Storing

    /// A message was published with RETAIN: keeps it, or deletes the topic's message if it has no payload.
    public mutating func store(_ message: BrokerMessage, now: BrokerInstant) -> RetainOutcome {
        removeExpired(now: now)
        var topic = message.topic
        return topic.withUTF8 { bytes in
            if message.payload.readableBytes == 0 { return remove(bytes) ? .removed : .absent }
            if message.isExpired(at: now) { return .refused(.expired) }
            return store(message, bytes)
        }
    }

    private mutating func store(
        _ message: BrokerMessage, _ topic: UnsafeBufferPointer<UInt8>
    ) -> RetainOutcome {
        var node = Tree.root
        var levelCount = 0
        var missingBytes = 0
        for bytes in TopicLevels(topic) {
            levelCount += 1
            if missingBytes == 0, let child = child(of: node, bytes) {
                node = child
            } else {
                missingBytes += Tree.byteCount(addingLevelOf: bytes.count)
            }
        }
        if levelCount > limits.maximumLevels { return .refused(.tooManyLevels) }
        let former = missingBytes == 0 ? self.message(at: node) : nil
        if former == nil, count >= limits.maximumMessages { return .refused(.tooManyMessages) }
        let formerBytes = former?.byteCount ?? 0
        if byteCount - formerBytes + message.byteCount + missingBytes > limits.maximumBytes {
            return .refused(.tooManyBytes)
        }
        if missingBytes > 0 { node = grow(topic) }
        if let former { forget(former) }
        put(message, at: node)
        return former == nil ? .stored : .replaced
    }

    /// Deletes a topic's message.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public mutating func remove(topic: MQTTTopicName) -> Bool {
        var text = topic.string
        return text.withUTF8 { remove($0) }
    }

    private mutating func remove(_ topic: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let node = find(topic), message(at: node) != nil else { return false }
        clear(node)
        return true
    }

    /// Removes the messages that have expired.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public mutating func removeExpired(now: BrokerInstant) -> Int {
        var removed = 0
        while let next = expiries.min, next.instant <= now {
            expiries.removeMin()
            guard isLive(next) else { continue }
            clear(next.node)
            removed += 1
        }
        return removed
    }

    // MARK: Finding

    /// The topic's message.
    public func message(for topic: MQTTTopicName, now: BrokerInstant) -> BrokerMessage? {
        var text = topic.string
        guard let node = text.withUTF8({ find($0) }), let message = message(at: node),
            !message.isExpired(at: now)
        else { return nil }
        return message
    }

    /// The messages a new subscription is answered with, in no particular order.
    ///
    /// Literal levels cost a look-up each; `+` and `#` walk the topics below until `limit` messages are
    /// found. A filter such as `+/+/x` that few topics match may thus walk all of them, within `visits`.
    ///
    /// - Parameters:
    ///   - filter: the subscription's; a shared subscription gets no retained messages (MQTT 5, 4.8.2).
    ///   - now: the time, by which expired messages are passed over.
    ///   - limit: the most messages to return.
    ///   - visits: the most topic levels to look at, less those looked at: one budget for all the filters of
    ///     a SUBSCRIBE, since the walk holds everybody else up.
    public func matching(
        _ filter: MQTTTopicFilter, now: BrokerInstant, limit: Int, visits: inout Int
    ) -> [BrokerMessage] {
        if count == 0 || limit <= 0 || filter.shareName != nil { return [] }
        var text = filter.string
        return text.withUTF8 { bytes in
            let levels = Array(TopicLevels(bytes).prefix(limits.maximumLevels + 1))
            var found = Found(now: now, limit: limit, visits: visits)
            collect(Tree.root, levels[...], &found)
            visits = found.visits
            return found.messages
        }
    }

    /// All messages that match, however many levels have to be looked at.
    public func matching(
        _ filter: MQTTTopicFilter, now: BrokerInstant, limit: Int = .max
    ) -> [BrokerMessage] {
        var visits = Int.max
        return matching(filter, now: now, limit: limit, visits: &visits)
    }

    private struct Found {
        let now: BrokerInstant
        let limit: Int
        var visits: Int
        var messages: [BrokerMessage] = []

        var isComplete: Bool { messages.count >= limit || visits <= 0 }
    }

    /// Recursion is as deep as the filter, at most ``RetainedLimits/maximumLevels``.
    private func collect(
        _ node: Int32, _ levels: ArraySlice<UnsafeBufferPointer<UInt8>>, _ found: inout Found
    ) {
        found.visits -= 1
        guard let level = levels.first else { return add(node, &found) }
        if level.isMultiLevelWildcard {
            if multiLevelWildcard == .includesParent { add(node, &found) }
            collectDescendants(of: node, &found)
        } else if level.isSingleLevelWildcard {
            var child = tree[node].value.firstChild
            while child >= 0, !found.isComplete {
                if isVisibleToWildcard(child, under: node) { collect(child, levels.dropFirst(), &found) }
                child = tree[child].value.nextSibling
            }
        } else if let child = child(of: node, level) {
            collect(child, levels.dropFirst(), &found)
        }
    }

    /// All messages below a node, by its links, without recursion.
    private func collectDescendants(of top: Int32, _ found: inout Found) {
        var node = tree[top].value.firstChild
        while node >= 0, !found.isComplete {
            found.visits -= 1
            let isVisible = isVisibleToWildcard(node, under: top)
            if isVisible { add(node, &found) }
            if isVisible, tree[node].value.firstChild >= 0 {
                node = tree[node].value.firstChild
                continue
            }
            while node != top, tree[node].value.nextSibling < 0 { node = tree[node].parent }
            node = node == top ? Tree.none : tree[node].value.nextSibling
        }
    }

    /// Leading wildcards don't match topics that begin with `$` (MQTT-4.7.2-1).
    private func isVisibleToWildcard(_ child: Int32, under parent: Int32) -> Bool {
        parent != Tree.root || !tree.levelBegins(child, with: UInt8(ascii: "$"))
    }

    private func add(_ node: Int32, _ found: inout Found) {
        guard found.messages.count < found.limit, let message = message(at: node),
            !message.isExpired(at: found.now)
        else { return }
        found.messages.append(message)
    }

    // MARK: Nodes

    private func message(at node: Int32) -> BrokerMessage? {
        let index = tree[node].value.message
        return index < 0 ? nil : messages[Int(index)]
    }

    private func child(of node: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
        let (level, hash) = TopicLevel.make(bytes, tree.hasher)
        return tree.child(of: node, level, hash, bytes)
    }

    private func find(_ topic: UnsafeBufferPointer<UInt8>) -> Int32? {
        var node = Tree.root
        for bytes in TopicLevels(topic) {
            guard let child = child(of: node, bytes) else { return nil }
            node = child
        }
        return node
    }

    private mutating func grow(_ topic: UnsafeBufferPointer<UInt8>) -> Int32 {
        var node = Tree.root
        for bytes in TopicLevels(topic) {
            let (level, hash) = TopicLevel.make(bytes, tree.hasher)
            if let child = tree.child(of: node, level, hash, bytes) {
                node = child
                continue
            }
            let sibling = tree[node].value.firstChild
            let child = tree.addChild(of: node, level, hash, bytes, Links(nextSibling: sibling))
            if sibling >= 0 { tree.update(sibling) { $0.previousSibling = child } }
            tree.update(node) { $0.firstChild = child }
            node = child
        }
        return node
    }

    private mutating func put(_ message: BrokerMessage, at node: Int32) {
        let former = tree[node].value.message
        if former >= 0 {
            messages[Int(former)] = message
        } else {
            let index: Int32
            if let free = freeMessages.popLast() {
                index = free
                messages[Int(index)] = message
            } else {
                index = Int32(messages.count)
                messages.append(message)
            }
            tree.update(node) { $0.message = index }
            count += 1
        }
        messageBytes += message.byteCount
        if message.expiry != .never {
            liveExpiries += 1
            expiries.insert(
                Expiry(instant: message.expiry, node: node, message: ObjectIdentifier(message)))
        }
    }

    /// Takes a message out of the sums; its place is given up or overwritten next.
    private mutating func forget(_ message: BrokerMessage) {
        messageBytes -= message.byteCount
        if message.expiry != .never {
            liveExpiries -= 1
            compactExpiries()
        }
    }

    /// Removes a node's message, and the nodes nobody needs any more.
    private mutating func clear(_ start: Int32) {
        let index = tree[start].value.message
        guard index >= 0, let message = messages[Int(index)] else { return }
        tree.update(start) { $0.message = -1 }
        messages[Int(index)] = nil
        freeMessages.append(index)
        count -= 1
        forget(message)
        prune(from: start)
        if count == 0 {
            messages = []
            freeMessages = []
            expiries = Heap()
        }
    }

    private mutating func prune(from start: Int32) {
        var index = start
        while index != Tree.root {
            let node = tree[index]
            if node.childCount > 0 || node.value.message >= 0 { return }
            let links = node.value
            if links.nextSibling >= 0 {
                tree.update(links.nextSibling) { $0.previousSibling = links.previousSibling }
            }
            if links.previousSibling >= 0 {
                tree.update(links.previousSibling) { $0.nextSibling = links.nextSibling }
            } else {
                tree.update(node.parent) { $0.firstChild = links.nextSibling }
            }
            index = tree.removeLeaf(index)
        }
    }

    // MARK: Expiry

    /// Whether the message an entry speaks of is still where it was.
    private func isLive(_ expiry: Expiry) -> Bool {
        guard let message = message(at: expiry.node) else { return false }
        return ObjectIdentifier(message) == expiry.message && message.expiry == expiry.instant
    }

    /// Replacing a topic's message leaves an entry behind; they are cleared away when they prevail.
    private mutating func compactExpiries() {
        if expiries.count <= 2 * liveExpiries + 64 { return }
        expiries = Heap(expiries.unordered.filter { isLive($0) })
    }
}
