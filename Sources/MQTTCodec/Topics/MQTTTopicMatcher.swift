/// The one place that decides whether a topic filter matches a topic name (MQTT 5 §4.7).
public enum MQTTTopicMatcher {
    /// Whether `filter`, a valid filter without `$share/name/`, matches `topic`, a valid name.
    ///
    /// One pass over both, no allocation. A filter that begins with a wildcard does not match a topic
    /// that begins with `$` (MQTT-4.7.2-1). Invalid input gives an arbitrary answer, nothing worse.
    public static func matches(filter: UnsafeRawBufferPointer, topic: UnsafeRawBufferPointer) -> Bool {
        let slash = UInt8(ascii: "/")
        let plus = UInt8(ascii: "+")
        let hash = UInt8(ascii: "#")
        guard let first = filter.first, let topicFirst = topic.first else { return false }
        if topicFirst == UInt8(ascii: "$"), first == plus || first == hash { return false }

        var f = 0
        var t = 0
        while f < filter.count {
            let byte = filter[f]
            if byte == hash { return true }
            if byte == plus {
                while t < topic.count, topic[t] != slash { t += 1 }
                f += 1
            } else if t < topic.count, topic[t] == byte {
                f += 1
                t += 1
            } else {
                // "sport/#" also matches "sport", its parent level (§4.7.1.2).
                return t == topic.count && byte == slash && f + 2 == filter.count && filter[f + 1] == hash
            }
        }
        return t == topic.count
    }

    /// Whether `filter` matches `topic`; see ``matches(filter:topic:)-(UnsafeRawBufferPointer,_)``.
    public static func matches(filter: String, topic: String) -> Bool {
        filter.utf8.withContiguous { filter in
            topic.utf8.withContiguous { topic in matches(filter: filter, topic: topic) }
        }
    }
}
