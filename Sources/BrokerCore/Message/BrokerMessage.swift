public import MQTTCodec
public import NIOCore

/// One application message, immutable and shared by all who receive it.
///
/// The broker never copies a message: queues, the retained store and in-flight windows hold references to
/// the same object, and each protocol version's wire form is built at most once, when the first receiver of
/// that version needs it.
public final class BrokerMessage: Sendable {
    /// The topic it was published to; never empty, aliases already resolved.
    public let topic: String
    /// The application payload. Kept as long as the message: pass a compact buffer, not a slice of a read.
    public let payload: ByteBuffer
    /// The quality of service it was published with; a receiver gets at most this.
    public let qos: MQTTQoS
    /// The RETAIN flag it was published with.
    public let retain: Bool
    /// MQTT 5 properties that travel unchanged to every receiver (MQTT 5, 3.3.2.3): without topic alias,
    /// subscription identifiers and message expiry interval, which are per connection or per moment.
    public let properties: MQTTProperties
    /// When it stops being worth delivering; ``BrokerInstant/never`` without an expiry interval.
    public let expiry: BrokerInstant
    /// The session that published it, for No Local. `nil` for the host, for Wills of ended sessions and
    /// for messages read back from a store.
    public let publisher: SessionID?
    /// Bytes this message counts for against queue and retained-store bounds.
    public let byteCount: Int

    /// What a message costs beyond its topic, payload and properties.
    static let overhead = 128

    private let wireForm3: LazyReference<WireForm>
    private let wireForm5: LazyReference<WireForm>

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - topic: the topic name, any alias resolved.
    ///   - payload: the payload, compact (see ``payload``).
    ///   - qos: the publisher's quality of service.
    ///   - retain: the publisher's RETAIN flag.
    ///   - properties: the publisher's properties; topic alias, subscription identifiers and message expiry
    ///     interval are removed.
    ///   - expiry: when the message expires, from the publisher's interval and the time of arrival.
    ///   - publisher: the publishing session.
    public init(
        topic: String, payload: ByteBuffer, qos: MQTTQoS, retain: Bool,
        properties: MQTTProperties = MQTTProperties(), expiry: BrokerInstant = .never,
        publisher: SessionID? = nil
    ) {
        var forwarded = properties
        if forwarded.topicAlias != nil { forwarded.topicAlias = nil }
        if !forwarded.subscriptionIdentifiers.isEmpty { forwarded.subscriptionIdentifiers = [] }
        if forwarded.messageExpiryInterval != nil { forwarded.messageExpiryInterval = nil }
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = forwarded
        self.expiry = expiry
        self.publisher = publisher
        self.byteCount =
            Self.overhead + topic.utf8.count + payload.readableBytes + Self.byteCount(of: forwarded)
        self.wireForm3 = LazyReference()
        self.wireForm5 = LazyReference()
    }

    /// Whether the message has expired.
    @inlinable
    public func isExpired(at now: BrokerInstant) -> Bool {
        expiry <= now
    }

    /// The message's wire form for one protocol version, built when first asked for.
    ///
    /// Safe from any thread. Two first callers at once may both build it; all get the same one.
    ///
    /// - Throws: what is wrong with a message a host made that cannot be encoded, such as a topic of more
    ///   than 65,535 bytes. A message that was decoded can be encoded.
    public func template(for version: MQTTVersion) throws(MQTTFault) -> MQTTPublishTemplate {
        try wireForm(for: version).template.get()
    }

    /// The template in its shared box, which saves copying it.
    func wireForm(for version: MQTTVersion) -> WireForm {
        switch version {
        case .v3_1_1: wireForm3.value { makeWireForm(version) }
        case .v5: wireForm5.value { makeWireForm(version) }
        }
    }

    private func makeWireForm(_ version: MQTTVersion) -> WireForm {
        WireForm(
            Result { () throws(MQTTFault) in
                try MQTTPublishTemplate(
                    topic: topic, payload: payload, properties: properties, version: version)
            })
    }

    /// The variable-length properties; the fixed ones are in ``overhead``.
    private static func byteCount(of properties: MQTTProperties) -> Int {
        var count = properties.contentType?.utf8.count ?? 0
        count += properties.responseTopic?.utf8.count ?? 0
        count += properties.correlationData?.readableBytes ?? 0
        for property in properties.userProperties {
            count += property.name.utf8.count + property.value.utf8.count + 32
        }
        return count
    }

    /// A template, or why there is none, shared by all receivers of one version.
    final class WireForm: Sendable {
        let template: Result<MQTTPublishTemplate, MQTTFault>
        let exists: Bool

        init(_ template: Result<MQTTPublishTemplate, MQTTFault>) {
            self.template = template
            if case .success = template { exists = true } else { exists = false }
        }
    }
}
