public import BrokerCore
import MQTTCodec
import NIOCore

func filter(_ string: String) throws -> MQTTTopicFilter { try MQTTTopicFilter(string) }

func message(
    _ topic: String = "t", _ payload: String = "x", qos: MQTTQoS = .atLeastOnce, retain: Bool = false,
    properties: MQTTProperties = MQTTProperties(), expiry: BrokerInstant = .never,
    publisher: SessionID? = nil
) -> BrokerMessage {
    BrokerMessage(
        topic: topic, payload: ByteBuffer(string: payload), qos: qos, retain: retain,
        properties: properties, expiry: expiry, publisher: publisher)
}

extension BrokerMessage {
    var text: String { String(buffer: payload) }
}

extension BrokerInstant {
    static func seconds(_ seconds: UInt32) -> BrokerInstant {
        BrokerInstant(nanoseconds: 0).adding(seconds: seconds)
    }
}

extension SessionID: ExpressibleByIntegerLiteral {
    /// A session by number, so that tests can write `3`.
    public init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}

extension SubscriptionTrie {
    func match(_ topic: String) -> [SubscriptionMatch] {
        var matches: [SubscriptionMatch] = []
        var topic = topic
        topic.withUTF8 { bytes in
            _ = match(bytes, into: &matches)
        }
        return matches
    }

    func sessions(_ topic: String) -> [UInt32] { match(topic).map(\.session.rawValue).sorted() }
}

extension SessionConnection {
    static func resuming(
        version: MQTTVersion = .v5, cleanStart: Bool = false, expiry: UInt32 = 3_600,
        receiveMaximum: UInt16 = .max, maximumPacketSize: UInt32? = nil
    ) -> SessionConnection {
        SessionConnection(
            version: version, cleanStart: cleanStart, expiryInterval: expiry, receiveMaximum: receiveMaximum,
            maximumPacketSize: maximumPacketSize)
    }
}

extension DeliveryTerms {
    static let atMostOnce = DeliveryTerms(qos: .atMostOnce, retain: false)
    static let atLeastOnce = DeliveryTerms(qos: .atLeastOnce, retain: false)
}
