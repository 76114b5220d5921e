import NIOCore
import Testing

@testable import MQTTCodec

@Suite struct MQTTPropertiesTests {
    @Test func `A set is empty again when the last member goes`() {
        var properties = MQTTProperties()
        #expect(properties.isEmpty)
        properties.topicAlias = 3
        #expect(!properties.isEmpty)
        properties.topicAlias = nil
        #expect(properties.isEmpty)
        #expect(properties == MQTTProperties())
        #expect(properties.hashValue == MQTTProperties().hashValue)
    }

    @Test func `Copies are independent`() {
        var first = MQTTProperties()
        first.userProperties = [MQTTUserProperty(name: "k", value: "v")]
        var second = first
        second.userProperties.append(MQTTUserProperty(name: "k", value: "w"))
        #expect(first.userProperties.count == 1)
        #expect(second.userProperties.count == 2)
        #expect(first != second)
    }

    @Test func `Decoded properties are read from their bytes, and equal the ones set`() throws {
        let bytes = frame(0x30, "0001 'a' {01 01 02 0000003c 09 0002 0102 26 0001 'k' 0001 'v' 0b 07 0b 08}")
        guard case .publish(let publish)? = try decode(bytes, role: .client, version: .v5) else {
            Issue.record("no PUBLISH")
            return
        }
        var set = MQTTProperties()
        set.payloadFormatIndicator = 1
        set.messageExpiryInterval = 60
        set.correlationData = ByteBuffer(bytes: [1, 2])
        set.userProperties = [MQTTUserProperty(name: "k", value: "v")]
        set.subscriptionIdentifiers = [7, 8]
        #expect(publish.properties == set)
        #expect(publish.properties.hashValue == set.hashValue)
        #expect(publish.properties.payloadFormatIndicator == 1)
        #expect(publish.properties.messageExpiryInterval == 60)
        #expect(publish.properties.correlationData == ByteBuffer(bytes: [1, 2]))
        #expect(publish.properties.userProperties == set.userProperties)
        #expect(publish.properties.subscriptionIdentifiers == [7, 8])
        #expect(publish.properties.contentType == nil)
        #expect(publish.properties.responseTopic == nil)
        #expect(publish.properties.topicAlias == nil)

        var changed = publish.properties
        changed.contentType = "text"
        #expect(changed.contentType == "text")
        #expect(changed.messageExpiryInterval == 60)
        changed.contentType = nil
        #expect(changed == publish.properties)
    }

    @Test(arguments: [1 as UInt64, 2, 3])
    func `Every member survives as bytes and as a value`(seed: UInt64) throws {
        var generator = PacketGenerator(seed: seed, version: .v5)
        for _ in 0..<500 {
            let packet = try generator.packet(for: .client)
            let encoded = try encode(packet, version: .v5)
            let decoded = try #require(try decode(encoded, role: .client, version: .v5))
            #expect(decoded == packet)
            #expect(decoded.hashValue == packet.hashValue)
            #expect(try encode(decoded, version: .v5) == encoded)
        }
    }

    /// Decoded properties may be put into a packet they don't belong in.
    @Test func `What may not stand in another packet is refused as bytes too`() throws {
        let bytes = frame(0x30, "0001 'a' {0b 07 0b 08}")
        guard case .publish(let publish)? = try decode(bytes, role: .client, version: .v5) else {
            Issue.record("no PUBLISH")
            return
        }
        let subscriptions = [MQTTSubscription(filter: "a", qos: .atMostOnce)]
        let twice = MQTTPacket.subscribe(
            MQTTSubscribe(packetID: 1, subscriptions: subscriptions, properties: publish.properties))
        var buffer = ByteBuffer()
        #expect(throws: MQTTFault.self) { try twice.encode(into: &buffer, version: .v5) }
        let misplaced = MQTTPacket.disconnect(
            MQTTDisconnect(reasonCode: .normalDisconnection, properties: publish.properties))
        #expect(throws: MQTTFault.self) { try misplaced.encode(into: &buffer, version: .v5) }
        #expect(buffer.readableBytes == 0)
    }

    @Test func `What all receivers share is left when the sender's own goes`() throws {
        let bytes = frame(0x30, "0001 'a' {02 0000003c 23 0001 03 0001 't' 0b 07}")
        guard case .publish(let publish)? = try decode(bytes, role: .client, version: .v5) else {
            Issue.record("no PUBLISH")
            return
        }
        var contentType = MQTTProperties()
        contentType.contentType = "t"
        #expect(publish.properties.shared == contentType)
        var set = contentType
        set.topicAlias = 1
        #expect(set.shared == contentType)
        #expect(MQTTProperties().shared.isEmpty)
    }
}
