import MQTTCodec
import Testing

@Suite struct MQTTTopicFilterTests {
    @Test(arguments: [
        "a", "/", "+", "#", "+/+", "/+", "a/+/b", "a/#", "+/#", "/#", "$SYS/#", "$share", "$shared/a",
        "$sharex/#", "a//b",
    ])
    func `An ordinary filter`(string: String) throws {
        let filter = try MQTTTopicFilter(string)
        #expect(filter.string == string)
        #expect(filter.shareName == nil)
        #expect(!filter.isShared)
        #expect(filter.filterWithoutShare == string)
        #expect(filter.hasWildcard == string.contains { "+#".contains($0) })
    }

    @Test(arguments: [
        ("$share/g/a/+", "g", "a/+"), ("$share/g/#", "g", "#"), ("$share/g//", "g", "/"),
        ("$share/ü/$share/x/y", "ü", "$share/x/y"), ("$share/g/$SYS/#", "g", "$SYS/#"),
    ])
    func `A shared subscription's parts`(string: String, name: String, rest: String) throws {
        let filter = try MQTTTopicFilter(string)
        #expect(filter.shareName == name)
        #expect(filter.filterWithoutShare == rest)
        #expect(filter.withFilterBytes { String(decoding: $0, as: UTF8.self) } == rest)
    }

    @Test(arguments: [
        ("", MQTTTopicError.empty),
        ("a#", .misplacedMultiLevelWildcard), ("#/a", .misplacedMultiLevelWildcard),
        ("##", .misplacedMultiLevelWildcard), ("a/#b", .misplacedMultiLevelWildcard),
        ("a+", .misplacedSingleLevelWildcard), ("+a", .misplacedSingleLevelWildcard),
        ("a/+b/c", .misplacedSingleLevelWildcard), ("++", .misplacedSingleLevelWildcard),
        ("+#", .misplacedSingleLevelWildcard),
        ("$share/", .invalidShareName), ("$share//a", .invalidShareName), ("$share/g+/a", .invalidShareName),
        ("$share/#/a", .invalidShareName), ("$share/g", .missingSharedFilter),
        ("$share/g/", .missingSharedFilter),
        ("$share/g/a#", .misplacedMultiLevelWildcard),
    ])
    func `What isn't a filter is refused by its rule`(string: String, error: MQTTTopicError) {
        #expect(throws: error) { try MQTTTopicFilter(string) }
        #expect(throws: error) { try MQTTSubscription(filter: string).topicFilter() }
    }
}
