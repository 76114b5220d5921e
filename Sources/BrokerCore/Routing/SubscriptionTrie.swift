public import MQTTCodec

/// All subscriptions, arranged so that a topic finds its subscribers in one descent.
///
/// A value in flat arrays: levels are nodes of a ``TopicTree``, subscribers are entries of one array, linked
/// into two lists per node, for filters that end there and for filters that continue with `#`. A second
/// hash table finds a session's entry on a node, so subscribing and unsubscribing cost the same however
/// many share the filter.
///
/// For one topic, each node is visited at most once: a descent is bounded by the number of nodes, whatever
/// pattern of `+` the filters form.
///
/// A copy costs nothing until one of the two is changed, which then copies everything: guard the one value
/// instead of handing out snapshots where subscriptions come and go.
public struct SubscriptionTrie: Sendable {
    private struct Branches: BitwiseCopyable {
        /// The child for `+`, which is also an ordinary edge.
        var anyChild: Int32 = -1
        /// First entry of the filters that end here.
        var exact: Int32 = -1
        /// First entry of the filters that continue with `#`.
        var multi: Int32 = -1

        var hasEntries: Bool { exact >= 0 || multi >= 0 }
    }

    private struct Entry: BitwiseCopyable {
        var session: SessionID
        var identifier: UInt32
        var node: Int32
        /// The next free entry, while the entry is on the free list.
        var next: Int32
        var previous: Int32
        var isMulti: Bool
        var flags: SubscriptionMatch.OptionFlags
    }

    private typealias Tree = TopicTree<Branches>

    /// The bounds it keeps.
    public let limits: SubscriptionLimits
    /// Whether `a/#` matches `a`.
    public let multiLevelWildcard: MultiLevelWildcard

    private var tree: Tree
    private var entries: [Entry] = []
    private var members = IndexTable()
    private var firstFree: Int32 = -1

    /// The number of subscriptions.
    public private(set) var count = 0
    /// The number of levels held, shared ones once. 0 when there are no subscriptions.
    public var nodeCount: Int { tree.count }
    /// Bytes the contents take; what ``SubscriptionLimits/maximumBytes`` bounds.
    public var byteCount: Int { tree.byteCount + count * Self.bytesPerEntry }

    private static let bytesPerEntry = MemoryLayout<Entry>.stride + 16

    /// An empty trie.
    ///
    /// - Parameters:
    ///   - seed: keys the hash; take it from a good source of chance, so that peers can't choose levels
    ///     that collide.
    ///   - limits: the bounds.
    ///   - multiLevelWildcard: whether `a/#` matches `a`.
    public init(
        seed: UInt64, limits: SubscriptionLimits = SubscriptionLimits(),
        multiLevelWildcard: MultiLevelWildcard = .includesParent
    ) {
        self.limits = limits
        self.multiLevelWildcard = multiLevelWildcard
        tree = Tree(seed: seed, rootValue: Branches())
    }

    // MARK: Subscribing

    /// Adds a subscription, or replaces its options.
    public mutating func subscribe(
        _ filter: MQTTTopicFilter, session: SessionID, options: SubscriptionOptions
    ) -> SubscribeOutcome {
        if filter.shareName != nil { return .refused(.sharedSubscription) }
        var text = filter.string
        return text.withUTF8 { subscribe($0, session, options) }
    }

    private mutating func subscribe(
        _ filter: UnsafeBufferPointer<UInt8>, _ session: SessionID, _ options: SubscriptionOptions
    ) -> SubscribeOutcome {
        let path = find(filter)
        if path.levelCount > limits.maximumLevels { return .refused(.tooManyLevels) }
        let flags = SubscriptionMatch.OptionFlags(options)
        let identifier = options.subscriptionIdentifier ?? 0
        if path.missingLevels == 0, let entry = entry(of: session, path.node, path.isMulti) {
            entries[Int(entry)].flags = flags
            entries[Int(entry)].identifier = identifier
            return .replaced
        }
        if count >= limits.maximumSubscriptions { return .refused(.tooManySubscriptions) }
        if byteCount + path.missingBytes + Self.bytesPerEntry > limits.maximumBytes {
            return .refused(.tooManyBytes)
        }
        let node = path.missingLevels == 0 ? path.node : grow(path, filter)
        link(
            Entry(
                session: session, identifier: identifier, node: node, next: -1, previous: -1,
                isMulti: path.isMulti, flags: flags))
        return .added
    }

    /// Removes a subscription.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public mutating func unsubscribe(_ filter: MQTTTopicFilter, session: SessionID) -> Bool {
        var text = filter.string
        let path = text.withUTF8 { find($0) }
        guard path.missingLevels == 0, let entry = entry(of: session, path.node, path.isMulti) else {
            return false
        }
        unlink(entry)
        prune(from: path.node)
        return true
    }

    /// Removes a session's subscriptions, when the session ends.
    public mutating func removeAll(session: SessionID, filters: some Sequence<MQTTTopicFilter>) {
        for filter in filters { unsubscribe(filter, session: session) }
    }

    // MARK: Matching

    /// Appends the subscriptions that match a topic, in no particular order.
    ///
    /// Overlapping filters of one session are all reported; ``Swift/Array/forEachSession(_:_:)`` groups
    /// them. Allocates nothing but the growth of `matches`, for topics of up to 32 levels.
    ///
    /// - Parameters:
    ///   - topic: a valid topic name in UTF-8.
    ///   - matches: the caller's array; clear it with `removeAll(keepingCapacity: true)`.
    @discardableResult
    public func match(
        _ topic: UnsafeBufferPointer<UInt8>, into matches: inout [SubscriptionMatch]
    ) -> MatchedFilters {
        if count == 0 || topic.count > 65_535 { return .none }
        var levelCount = 1
        for byte in topic where byte == UInt8(ascii: "/") { levelCount += 1 }
        // No node lies deeper than maximumLevels, so deeper levels are never looked up.
        let preparable = min(levelCount, limits.maximumLevels)
        return withUnsafeTemporaryAllocation(of: PreparedLevel.self, capacity: preparable) { levels in
            var descent = Descent(
                topic: topic, levels: levels, levelCount: levelCount,
                // Wildcards at the beginning don't match topics beginning with $ (MQTT-4.7.2-1).
                isReserved: topic.first == UInt8(ascii: "$"))
            visit(Tree.root, depth: 0, &descent, &matches)
            return descent.lists == 0 ? .none : descent.lists == 1 ? .one : .several
        }
    }

    private struct PreparedLevel: BitwiseCopyable {
        var level: TopicLevel
        var hash: UInt64
        var start: Int32
        var count: Int32
    }

    /// The topic's levels, split and hashed as far as the descent has come, and once each.
    private struct Descent {
        let topic: UnsafeBufferPointer<UInt8>
        let levels: UnsafeMutableBufferPointer<PreparedLevel>
        let levelCount: Int
        let isReserved: Bool
        var prepared = 0
        var nextStart = 0
        var lists = 0

        @inline(__always)
        mutating func level(_ depth: Int, _ hasher: SipHash) -> PreparedLevel {
            while prepared <= depth {
                var end = nextStart
                while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
                let bytes = UnsafeBufferPointer(rebasing: topic[nextStart..<end])
                let (level, hash) = TopicLevel.make(bytes, hasher)
                levels.initializeElement(
                    at: prepared,
                    to: PreparedLevel(
                        level: level, hash: hash, start: Int32(nextStart), count: Int32(bytes.count)))
                prepared += 1
                nextStart = end + 1
            }
            return levels[depth]
        }

        func bytes(_ level: PreparedLevel) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(rebasing: topic[Int(level.start)..<Int(level.start + level.count)])
        }
    }

    /// Follows literal levels in a loop and `+` by recursion, at most ``SubscriptionLimits/maximumLevels``
    /// deep.
    private func visit(
        _ start: Int32, depth startDepth: Int, _ descent: inout Descent, _ matches: inout [SubscriptionMatch]
    ) {
        var index = start
        var depth = startDepth
        while true {
            let node = tree[index]
            if depth == descent.levelCount {
                append(node.value.exact, &descent, &matches)
                if multiLevelWildcard == .includesParent {
                    append(node.value.multi, &descent, &matches)
                }
                return
            }
            let wildcardsApply = depth > 0 || !descent.isReserved
            if wildcardsApply { append(node.value.multi, &descent, &matches) }
            let anyChild = node.value.anyChild
            var literal: Int32?
            if node.childCount > (anyChild >= 0 ? 1 : 0) {
                let level = descent.level(depth, tree.hasher)
                literal = tree.child(of: index, level.level, level.hash, descent.bytes(level))
            }
            depth += 1
            if anyChild >= 0, wildcardsApply {
                guard let literal else {
                    index = anyChild
                    continue
                }
                visit(anyChild, depth: depth, &descent, &matches)
                index = literal
            } else if let literal {
                index = literal
            } else {
                return
            }
        }
    }

    @inline(__always)
    private func append(_ first: Int32, _ descent: inout Descent, _ matches: inout [SubscriptionMatch]) {
        if first < 0 { return }
        descent.lists += 1
        var index = first
        while index >= 0 {
            let entry = entries[Int(index)]
            matches.append(
                SubscriptionMatch(session: entry.session, flags: entry.flags, identifier: entry.identifier))
            index = entry.next
        }
    }

    // MARK: Paths

    /// How far a filter's path exists.
    private struct Path {
        /// The deepest node there is.
        var node: Int32 = Tree.root
        /// All levels, `#` included.
        var levelCount = 0
        /// Levels without a node, and what adding them costs.
        var missingLevels = 0
        var missingBytes = 0
        var isMulti = false
    }

    private func find(_ filter: UnsafeBufferPointer<UInt8>) -> Path {
        var path = Path()
        for bytes in TopicLevels(filter) {
            path.levelCount += 1
            if bytes.isMultiLevelWildcard {
                path.isMulti = true
                break
            }
            if path.missingLevels == 0 {
                let (level, hash) = TopicLevel.make(bytes, tree.hasher)
                if let child = tree.child(of: path.node, level, hash, bytes) {
                    path.node = child
                    continue
                }
            }
            path.missingLevels += 1
            path.missingBytes += Tree.byteCount(addingLevelOf: bytes.count)
        }
        return path
    }

    /// Adds the missing nodes of a path and returns the last.
    private mutating func grow(_ path: Path, _ filter: UnsafeBufferPointer<UInt8>) -> Int32 {
        let nodeLevels = path.levelCount - (path.isMulti ? 1 : 0)
        var node = path.node
        for bytes in TopicLevels(filter).prefix(nodeLevels).dropFirst(nodeLevels - path.missingLevels) {
            let (level, hash) = TopicLevel.make(bytes, tree.hasher)
            let child = tree.addChild(of: node, level, hash, bytes, Branches())
            if bytes.isSingleLevelWildcard { tree.update(node) { $0.anyChild = child } }
            node = child
        }
        return node
    }

    /// Removes nodes nobody needs any more, upwards.
    private mutating func prune(from start: Int32) {
        var index = start
        while index != Tree.root {
            let node = tree[index]
            if node.childCount > 0 || node.value.hasEntries { return }
            if tree[node.parent].value.anyChild == index {
                tree.update(node.parent) { $0.anyChild = Tree.none }
            }
            index = tree.removeLeaf(index)
        }
    }

    // MARK: Entries

    private func memberHash(_ session: SessionID, _ node: Int32, _ isMulti: Bool) -> UInt32 {
        let place = UInt64(UInt32(bitPattern: node)) << 1 | (isMulti ? 1 : 0)
        return UInt32(truncatingIfNeeded: tree.hasher.hash(place, UInt64(session.rawValue)))
    }

    private func entry(of session: SessionID, _ node: Int32, _ isMulti: Bool) -> Int32? {
        members.find(memberHash(session, node, isMulti)) { index in
            let entry = entries[Int(index)]
            return entry.session == session && entry.node == node && entry.isMulti == isMulti
        }
    }

    private mutating func link(_ new: Entry) {
        var entry = new
        let branches = tree[entry.node].value
        entry.next = entry.isMulti ? branches.multi : branches.exact
        let index: Int32
        if firstFree >= 0 {
            index = firstFree
            firstFree = entries[Int(index)].next
            entries[Int(index)] = entry
        } else {
            index = Int32(entries.count)
            entries.append(entry)
        }
        if entry.next >= 0 { entries[Int(entry.next)].previous = index }
        setFirst(index, of: entry)
        members.insert(memberHash(entry.session, entry.node, entry.isMulti), index)
        count += 1
    }

    private mutating func unlink(_ index: Int32) {
        let entry = entries[Int(index)]
        members.remove(memberHash(entry.session, entry.node, entry.isMulti), index)
        if entry.next >= 0 { entries[Int(entry.next)].previous = entry.previous }
        if entry.previous >= 0 {
            entries[Int(entry.previous)].next = entry.next
        } else {
            setFirst(entry.next, of: entry)
        }
        entries[Int(index)].next = firstFree
        firstFree = index
        count -= 1
        if count == 0 {
            entries = []
            firstFree = -1
        }
    }

    private mutating func setFirst(_ index: Int32, of entry: Entry) {
        tree.update(entry.node) { branches in
            if entry.isMulti { branches.multi = index } else { branches.exact = index }
        }
    }
}
