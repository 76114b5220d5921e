import MQTTCodec
import NIOCore
import Testing

@Suite struct MQTTPublishTemplateTests {
    @Test(arguments: MQTTVersion.allCases)
    func `A template decodes to the PUBLISH it stands for`(version: MQTTVersion) throws {
        var generator = PacketGenerator(seed: 11, version: version)
        for _ in 0..<1000 {
            var publish = generator.publish(fromServer: false)
            guard !publish.topic.isEmpty else { continue }
            // The publisher's own alias and lifetime are left out; the receiver's are added.
            let template = try MQTTPublishTemplate(
                topic: publish.topic, payload: publish.payload, properties: publish.properties,
                version: version)
            let identifiers = (0..<generator.number(0...3)).map { _ in generator.subscriptionIdentifier() }
            let expiry = generator.maybe { UInt32($0.number(0...100_000)) }
            if version == .v5 {
                publish.properties.topicAlias = nil
                publish.properties.messageExpiryInterval = expiry
                publish.properties.subscriptionIdentifiers = identifiers
            }
            var buffer = ByteBuffer()
            let count = template.write(
                into: &buffer, delivery: publish.delivery, retain: publish.retain,
                subscriptionIdentifiers: identifiers, messageExpiryInterval: expiry)
            #expect(count == buffer.readableBytes)
            #expect(
                count
                    == template.encodedSize(
                        delivery: publish.delivery, subscriptionIdentifiers: identifiers,
                        messageExpiryInterval: expiry))
            #expect(try decode(buffer.array, role: .client, version: version) == .publish(publish))
        }
    }

    @Test(arguments: MQTTVersion.allCases)
    func `A topic goes out by name, with an alias, or by the alias alone`(version: MQTTVersion) throws {
        var generator = PacketGenerator(seed: 12, version: version)
        for _ in 0..<500 {
            let publish = generator.publish(fromServer: false)
            guard !publish.topic.isEmpty else { continue }
            let template = try MQTTPublishTemplate(
                topic: publish.topic, payload: publish.payload, properties: publish.properties,
                version: version)
            let alias = generator.packetID()
            for form in [MQTTTopicForm.name, .nameWithAlias(alias), .alias(alias)] {
                var expected = publish
                if version == .v5 {
                    expected.properties.messageExpiryInterval = nil
                    expected.properties.topicAlias = form == .name ? nil : alias
                    if form == .alias(alias) { expected.topic = "" }
                }
                var buffer = ByteBuffer()
                let count = template.write(
                    into: &buffer, delivery: publish.delivery, retain: publish.retain, topic: form)
                #expect(count == template.encodedSize(delivery: publish.delivery, topic: form))
                #expect(count == buffer.readableBytes)
                #expect(try decode(buffer.array, role: .client, version: version) == .publish(expected))
            }
        }
    }

    @Test func `Identifiers that can't be written are left out`() throws {
        let template = try MQTTPublishTemplate(
            topic: "a", payload: ByteBuffer(), properties: MQTTProperties(), version: .v5)
        var buffer = ByteBuffer()
        template.write(
            into: &buffer, delivery: .atMostOnce, retain: false,
            subscriptionIdentifiers: [0, 5, 268_435_456, .max])
        #expect(hexadecimal(buffer.array) == "30 06 00 01 61 02 0b 05")
    }

    @Test(arguments: MQTTVersion.allCases)
    func `A topic that can't be published makes no template`(version: MQTTVersion) {
        for topic in ["", "a/#", "a\0", String(repeating: "t", count: 65_536)] {
            #expect(throws: MQTTFault.self) {
                try MQTTPublishTemplate(
                    topic: topic, payload: ByteBuffer(), properties: MQTTProperties(), version: version)
            }
        }
    }
}
