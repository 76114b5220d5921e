import MQTTCodec
import NIOCore
import Testing

@Suite struct MQTTPropertiesTests {
    @Test func `An empty set is one word, and empty again when the last member goes`() {
        #expect(MemoryLayout<MQTTProperties>.size == MemoryLayout<Int>.size)
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
}
