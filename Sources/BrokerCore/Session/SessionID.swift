/// A session's number, given by the driver.
///
/// It names a session in the subscription trie and as the publisher of a message (for No Local). A driver
/// that reuses numbers must first take the old session's subscriptions out of the trie.
public struct SessionID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The number itself.
    public var rawValue: UInt32

    /// Wraps a number given by the driver.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Orders sessions by number; the order carries no meaning beyond grouping.
    public static func < (lhs: SessionID, rhs: SessionID) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}
