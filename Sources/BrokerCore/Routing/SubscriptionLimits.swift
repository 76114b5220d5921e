/// Bounds on a subscription trie.
public struct SubscriptionLimits: Hashable, Sendable {
    /// The most subscriptions, over all sessions. Default: a million; at most 2^30.
    public let maximumSubscriptions: Int
    /// The most levels in a filter, wildcards included. Default 128; at most 1,024. Topics may be deeper:
    /// their further levels can match only `#`.
    public let maximumLevels: Int
    /// The most bytes the trie's contents may take. Default 1 GiB, at most 32 GiB. A subscription of a few
    /// short levels takes about 150; long levels count with their text.
    public let maximumBytes: Int

    /// Makes limits; values out of range are brought into it.
    public init(
        maximumSubscriptions: Int = 1_000_000, maximumLevels: Int = 128, maximumBytes: Int = 1 << 30
    ) {
        self.maximumSubscriptions = min(max(0, maximumSubscriptions), 1 << 30)
        self.maximumLevels = min(max(1, maximumLevels), 1024)
        self.maximumBytes = min(max(0, maximumBytes), 32 << 30)
    }
}

/// Whether `sport/#` matches `sport` itself.
public enum MultiLevelWildcard: Sendable {
    /// It does (MQTT 5, 4.7.1.2: "represents the parent and any number of child levels").
    case includesParent
    /// It does not: AWS IoT Core (Developer Guide, "MQTT topics", topic filters).
    case excludesParent
}

/// What became of a subscription.
public enum SubscribeOutcome: Hashable, Sendable {
    /// It is new.
    case added
    /// The session had this filter; the options are now the new ones (MQTT-3.8.4-3).
    case replaced
    /// Nothing changed.
    case refused(SubscribeRefusal)
}

/// Why a subscription was refused.
public enum SubscribeRefusal: String, Hashable, Sendable {
    /// The filter has too many levels.
    case tooManyLevels
    /// There are too many subscriptions.
    case tooManySubscriptions
    /// The contents would take too many bytes.
    case tooManyBytes
    /// Shared subscriptions (`$share/…`) do not belong into this trie.
    case sharedSubscription
}
