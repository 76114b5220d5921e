/// A tree of topic levels in flat arrays: what the subscription trie and the retained store are built on.
///
/// A node is found from its parent and a level by one probe of a hash table, so there are no per-node
/// dictionaries and no objects. Nodes carry a small plain `Value` of the owner's. Removed nodes go to a free
/// list; when the last one goes, all memory is given back.
struct TopicTree<Value: BitwiseCopyable & Sendable>: Sendable {
    struct Node: BitwiseCopyable {
        /// For a long level, the low half of `level.high` holds its index in `longLevels`.
        fileprivate var level: TopicLevel
        /// The next free node, while the node is on the free list.
        fileprivate(set) var parent: Int32
        fileprivate var edgeHash: UInt32
        fileprivate(set) var childCount: Int32
        var value: Value
    }

    /// No node.
    static var none: Int32 { -1 }
    /// The node all paths start from; it is never removed.
    static var root: Int32 { 0 }

    let hasher: SipHash
    private var nodes: [Node]
    private var edges = IndexTable()
    private var longLevels: [[UInt8]] = []
    private var freeLongLevels: [Int32] = []
    private var firstFree = none

    /// Live nodes without the root.
    private(set) var count = 0
    /// Bytes the live nodes take, levels included.
    private(set) var byteCount = 0

    /// What one node takes: itself and its share of the hash table.
    static var bytesPerNode: Int { MemoryLayout<Node>.stride + 16 }

    init(seed: UInt64, rootValue: Value) {
        hasher = SipHash(seed: seed)
        nodes = [Self.rootNode(rootValue)]
    }

    subscript(_ node: Int32) -> Node {
        @inline(__always) get { nodes[Int(node)] }
    }

    /// Changes a node's value in place.
    @inline(__always)
    mutating func update(_ node: Int32, _ change: (inout Value) -> Void) {
        change(&nodes[Int(node)].value)
    }

    /// The child of `parent` at a level, if there is one.
    @inline(__always)
    func child(of parent: Int32, _ level: TopicLevel, _ hash: UInt64, _ bytes: UnsafeBufferPointer<UInt8>)
        -> Int32?
    {
        edges.find(Self.edgeHash(parent, hash)) { candidate in
            let node = nodes[Int(candidate)]
            if node.parent != parent { return false }
            if !level.isLong { return node.level == level }
            return node.level.isLong && node.level.low == level.low
                && longLevels[node.level.longIndex].elementsEqual(bytes)
        }
    }

    /// Whether a node's level begins with a byte.
    func levelBegins(_ node: Int32, with byte: UInt8) -> Bool {
        let level = nodes[Int(node)].level
        if level.isLong { return longLevels[level.longIndex].first == byte }
        return UInt8(truncatingIfNeeded: level.low) == byte
    }

    /// Adds a child that is not there yet.
    mutating func addChild(
        of parent: Int32, _ level: TopicLevel, _ hash: UInt64, _ bytes: UnsafeBufferPointer<UInt8>,
        _ value: Value
    ) -> Int32 {
        var stored = level
        if level.isLong { stored.longIndex = keep(bytes) }
        let edgeHash = Self.edgeHash(parent, hash)
        let node = Node(level: stored, parent: parent, edgeHash: edgeHash, childCount: 0, value: value)
        let index: Int32
        if firstFree >= 0 {
            index = firstFree
            firstFree = nodes[Int(index)].parent
            nodes[Int(index)] = node
        } else {
            index = Int32(nodes.count)
            nodes.append(node)
        }
        edges.insert(edgeHash, index)
        nodes[Int(parent)].childCount += 1
        count += 1
        byteCount += Self.byteCount(addingLevelOf: bytes.count)
        return index
    }

    /// Removes a node without children and returns its parent.
    mutating func removeLeaf(_ index: Int32) -> Int32 {
        let node = nodes[Int(index)]
        edges.remove(node.edgeHash, index)
        var levelBytes = 0
        if node.level.isLong {
            levelBytes = longLevels[node.level.longIndex].count
            longLevels[node.level.longIndex] = []
            freeLongLevels.append(Int32(node.level.longIndex))
        }
        nodes[Int(node.parent)].childCount -= 1
        nodes[Int(index)].parent = firstFree
        firstFree = index
        count -= 1
        byteCount -= Self.byteCount(addingLevelOf: levelBytes)
        if count == 0 { reset() }
        return node.parent
    }

    /// What ``byteCount`` grows by with a node whose level has this many bytes.
    static func byteCount(addingLevelOf levelBytes: Int) -> Int {
        bytesPerNode + (levelBytes > TopicLevel.longestInline ? levelBytes + 40 : 0)
    }

    private mutating func reset() {
        nodes = [Self.rootNode(nodes[Int(Self.root)].value)]
        longLevels = []
        freeLongLevels = []
        firstFree = Self.none
    }

    private mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        if let free = freeLongLevels.popLast() {
            longLevels[Int(free)] = Array(bytes)
            return Int(free)
        }
        longLevels.append(Array(bytes))
        return longLevels.count - 1
    }

    private static func rootNode(_ value: Value) -> Node {
        Node(level: TopicLevel(low: 0, high: 0), parent: none, edgeHash: 0, childCount: 0, value: value)
    }

    /// The level's hash is keyed, so a multiplication is enough to spread it over parents.
    @inline(__always)
    private static func edgeHash(_ parent: Int32, _ levelHash: UInt64) -> UInt32 {
        let mixed =
            (levelHash ^ (UInt64(UInt32(bitPattern: parent)) &* 0x9E37_79B9_7F4A_7C15))
            &* 0xD6E8_FEB8_6659_FD93
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }
}
