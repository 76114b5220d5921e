import MQTTCodec
import NIOCore
import Testing

/// Bytes of paho-mqtt and mosquitto: they decode, in pieces too, and our encoder writes the same.
@Suite struct CapturedSessionTests {
    @Test(arguments: CapturedSession.all)
    func `Both directions decode to the last byte and encode to the same`(session: CapturedSession) throws {
        for (role, text) in [(MQTTRole.server, session.fromClient), (.client, session.fromServer)] {
            let wire = bytes(text.filter { !$0.isWhitespace })
            let packets = try decodeAll(wire, role, session.version, piece: wire.count)
            var again: [UInt8] = []
            for packet in packets { again += try encode(packet, version: session.version) }
            #expect(hexadecimal(again) == hexadecimal(wire))
            for piece in 1...7 {
                #expect(try decodeAll(wire, role, session.version, piece: piece) == packets)
            }
        }
    }

    @Test func `paho-mqtt's packets mean what was asked of it`() throws {
        let session = CapturedSession.paho5
        let wire = bytes(session.fromClient.filter { !$0.isWhitespace })
        let packets = try decodeAll(wire, .server, .v5, piece: wire.count)
        #expect(
            packets.map(\.type) == [
                .connect, .subscribe, .publish, .publish, .puback, .publish, .pubrel, .pubrec, .pubcomp,
                .publish, .publish, .pingreq, .unsubscribe, .disconnect,
            ])
        guard case .connect(let connect) = packets[0], case .subscribe(let subscribe) = packets[1],
            case .publish(let publish) = packets[3], case .unsubscribe(let unsubscribe) = packets[12],
            case .disconnect(let disconnect) = packets[13]
        else {
            Issue.record("other packets: \(packets)")
            return
        }
        #expect(connect.clientID == "paho-5" && connect.keepAlive == 30)
        #expect(connect.userName == "user" && connect.password == ByteBuffer(string: "secret"))
        #expect(connect.properties.sessionExpiryInterval == 100)
        #expect(connect.properties.receiveMaximum == 20)
        #expect(connect.properties.topicAliasMaximum == 5)
        #expect(connect.properties.maximumPacketSize == 65_536)
        #expect(connect.properties.requestResponseInformation == 1)
        #expect(connect.properties.userProperties.map(\.value) == ["1", "2"])
        let will = try #require(connect.will)
        #expect(will.topic.string == "will/paho" && will.qos == .atLeastOnce && will.retain)
        #expect(will.properties.willDelayInterval == 5 && will.properties.contentType == "text/plain")
        #expect(subscribe.properties.subscriptionIdentifiers == [300])
        #expect(subscribe.subscriptions.map(\.filter) == ["a/+/c", "b/#", "$share/g/d"])
        #expect(subscribe.subscriptions[0].noLocal)
        #expect(subscribe.subscriptions[1].retainAsPublished)
        #expect(subscribe.subscriptions[1].retainHandling == .doNotSend)
        #expect(publish.topic == "b/1" && publish.retain)
        #expect(publish.delivery == .atLeastOnce(packetID: 3, dup: false))
        #expect(publish.properties.correlationData == ByteBuffer(bytes: [0, 1, 2]))
        #expect(publish.properties.responseTopic == "reply/here")
        #expect(publish.properties.topicAlias == 2)
        #expect(unsubscribe.filters == ["a/+/c", "not/there"])
        #expect(disconnect.reasonCode == .disconnectWithWill)
        #expect(disconnect.properties.reasonString == "bye")
    }

    @Test func `mosquitto's packets mean what it did`() throws {
        let wire = bytes(CapturedSession.paho5.fromServer.filter { !$0.isWhitespace })
        let packets = try decodeAll(wire, .client, .v5, piece: wire.count)
        guard case .connack(let connack) = packets[0], case .suback(let suback) = packets[1],
            case .publish(let publish) = packets[2], case .unsuback(let unsuback)? = packets.last
        else {
            Issue.record("other packets: \(packets)")
            return
        }
        #expect(connack.reasonCode == .success && connack.properties.topicAliasMaximum == 10)
        #expect(suback.reasonCodes == [.grantedQoS1, .grantedQoS2, .grantedQoS0])
        #expect(publish.topic == "b/0" && publish.properties.subscriptionIdentifiers == [300])
        #expect(publish.properties.messageExpiryInterval == 3600 && publish.properties.topicAlias == nil)
        #expect(unsuback.reasonCodes == [.success, .noSubscriptionExisted])
    }

    private func decodeAll(
        _ wire: [UInt8], _ role: MQTTRole, _ version: MQTTVersion, piece: Int
    ) throws -> [MQTTPacket] {
        var decoder = MQTTDecoder(role: role, version: role == .server ? nil : version)
        var packets: [MQTTPacket] = []
        var buffer = ByteBuffer()
        var rest = wire[...]
        while !rest.isEmpty {
            buffer.writeBytes(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            while let packet = try decoder.decode(&buffer) { packets.append(packet) }
        }
        #expect(buffer.readableBytes == 0)
        #expect(decoder.version == version)
        return packets
    }
}
