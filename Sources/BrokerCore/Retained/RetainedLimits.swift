/// Bounds on the retained messages.
public struct RetainedLimits: Hashable, Sendable {
    /// The most messages, one per topic. Default 500,000 (AWS IoT Core's quota per account); at most 2^30.
    public let maximumMessages: Int
    /// The most bytes, messages and index together. Default 1 GiB, at most 32 GiB.
    public let maximumBytes: Int
    /// The most levels in a topic. Default 128; at most 1,024.
    public let maximumLevels: Int

    /// Makes limits; values out of range are brought into it.
    public init(
        maximumMessages: Int = 500_000, maximumBytes: Int = 1 << 30, maximumLevels: Int = 128
    ) {
        self.maximumMessages = min(max(0, maximumMessages), 1 << 30)
        self.maximumBytes = min(max(0, maximumBytes), 32 << 30)
        self.maximumLevels = min(max(1, maximumLevels), 1024)
    }
}

/// What became of a message published with RETAIN.
public enum RetainOutcome: Hashable, Sendable {
    /// It is the topic's first.
    case stored
    /// It took the place of the topic's former message.
    case replaced
    /// It had no payload, and the topic's message is deleted (MQTT-3.3.1-6).
    case removed
    /// It had no payload, and the topic has no message.
    case absent
    /// It is not kept; the topic's former message, if any, stays.
    case refused(RetainRefusal)
}

/// Why a message was not retained.
public enum RetainRefusal: String, Hashable, Sendable {
    /// There are too many retained messages.
    case tooManyMessages
    /// They would take too many bytes.
    case tooManyBytes
    /// The topic has too many levels.
    case tooManyLevels
    /// The message has expired already.
    case expired
}
