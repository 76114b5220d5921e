public import MQTTCodec

/// One subscription that matches a topic: who, and on what terms.
///
/// Twelve plain bytes, so that matching a topic for thousands of subscribers touches no reference count.
public struct SubscriptionMatch: Hashable, Sendable, BitwiseCopyable {
    /// The subscriber.
    public let session: SessionID
    /// 0 for none; the standard forbids 0 as an identifier (MQTT 5, 3.8.2.1.2).
    private let identifier: UInt32
    private let flags: OptionFlags

    /// Makes a match from its parts.
    public init(session: SessionID, options: SubscriptionOptions) {
        self.init(
            session: session, flags: OptionFlags(options), identifier: options.subscriptionIdentifier ?? 0)
    }

    init(session: SessionID, flags: OptionFlags, identifier: UInt32) {
        self.session = session
        self.identifier = identifier
        self.flags = flags
    }

    /// The granted quality of service.
    public var qos: MQTTQoS { flags.qos }
    /// Whether the subscriber's own messages are withheld from it.
    public var noLocal: Bool { flags.noLocal }
    /// Whether live messages keep the RETAIN flag they were published with.
    public var retainAsPublished: Bool { flags.retainAsPublished }
    /// The identifier returned with matching messages.
    public var subscriptionIdentifier: UInt32? { identifier == 0 ? nil : identifier }

    /// The options a delivery depends on, in one byte. Retain Handling matters only at SUBSCRIBE and stays
    /// with the session.
    struct OptionFlags: Hashable, Sendable, BitwiseCopyable {
        private let rawValue: UInt8

        init(_ options: SubscriptionOptions) {
            rawValue =
                options.qos.rawValue | (options.noLocal ? 4 : 0) | (options.retainAsPublished ? 8 : 0)
        }

        var qos: MQTTQoS { MQTTQoS(rawValue: rawValue & 3) ?? .atMostOnce }
        var noLocal: Bool { rawValue & 4 != 0 }
        var retainAsPublished: Bool { rawValue & 8 != 0 }
    }
}

/// How many filters matched a topic. With ``one``, every session appears once among the matches.
public enum MatchedFilters: Sendable, BitwiseCopyable {
    /// Nobody subscribes to the topic.
    case none
    /// All matches come from one filter.
    case one
    /// A session may appear more than once.
    case several
}

extension Array<SubscriptionMatch> {
    /// Calls `body` once per session with all of that session's matches.
    ///
    /// - Parameters:
    ///   - matched: what ``SubscriptionTrie/match(_:into:)`` returned. Only with
    ///     ``MatchedFilters/several`` does the array have to be sorted first.
    ///   - body: receives the session and its matches, at least one.
    public mutating func forEachSession(
        _ matched: MatchedFilters, _ body: (SessionID, Span<SubscriptionMatch>) -> Void
    ) {
        if matched == .several { sort { $0.session < $1.session } }
        let matches = span
        var start = 0
        while start < matches.count {
            let session = matches[start].session
            var end = start + 1
            while end < matches.count, matches[end].session == session { end += 1 }
            body(session, matches.extracting(start..<end))
            start = end
        }
    }
}
