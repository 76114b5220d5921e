import MQTTCodec
import Testing

@Suite struct MQTTTopicNameTests {
    @Test(arguments: ["a", "/", "//", "a/b", "$SYS/x", " ", "ü/日本", "\u{FEFF}"])
    func `A name is kept as it is`(string: String) throws {
        #expect(try MQTTTopicName(string).string == string)
    }

    @Test(arguments: [
        ("", MQTTTopicError.empty), ("a/#", .wildcardInName), ("+", .wildcardInName),
        ("a+b", .wildcardInName),
    ])
    func `What isn't a name is refused by its rule`(string: String, error: MQTTTopicError) {
        #expect(throws: error) { try MQTTTopicName(string) }
    }

    @Test func `MQTT-4.7.3-2, MQTT-4.7.3-3, no U+0000 and at most 65,535 bytes`() throws {
        #expect(throws: MQTTTopicError.nullCharacter) { try MQTTTopicName("a\0") }
        #expect(throws: MQTTTopicError.nullCharacter) { try MQTTTopicFilter("a\0") }
        #expect(throws: MQTTTopicError.nullCharacter) { try MQTTTopicFilter("$share/g\0/a") }
        let longest = String(repeating: "t", count: 65_535)
        #expect(try MQTTTopicName(longest).string == longest)
        #expect(try MQTTTopicFilter(longest).string == longest)
        for string in [longest + "t", String(repeating: "ü", count: 32_768)] {
            #expect(throws: MQTTTopicError.tooLong) { try MQTTTopicName(string) }
            #expect(throws: MQTTTopicError.tooLong) { try MQTTTopicFilter(string) }
        }
    }

    @Test func `MQTT-4.7.3-4, names are compared without normalisation`() throws {
        let composed = try MQTTTopicName("\u{E9}")
        let decomposed = try MQTTTopicName("e\u{301}")
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(try MQTTTopicFilter("\u{E9}") != MQTTTopicFilter("e\u{301}"))
        #expect(try !MQTTTopicFilter("\u{E9}").matches(decomposed))
    }
}
