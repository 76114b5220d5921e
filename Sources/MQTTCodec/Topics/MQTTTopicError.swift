/// Why a string is not a topic name or topic filter (MQTT 5 §4.7, §4.8.2).
public enum MQTTTopicError: Error, Hashable, Sendable {
    /// MQTT-4.7.3-1: it has no character.
    case empty
    /// MQTT-4.7.3-3: it is longer than 65,535 bytes of UTF-8.
    case tooLong
    /// MQTT-4.7.3-2: it contains U+0000.
    case nullCharacter
    /// MQTT-4.7.0-1: a topic name contains `+` or `#`.
    case wildcardInName
    /// MQTT-4.7.1-1: `#` is not alone in the last level.
    case misplacedMultiLevelWildcard
    /// MQTT-4.7.1-2: `+` is not alone in its level.
    case misplacedSingleLevelWildcard
    /// MQTT-4.8.2-1, MQTT-4.8.2-2: the share name of `$share/name/filter` is empty or has a wildcard.
    case invalidShareName
    /// MQTT-4.8.2-2: no filter follows the share name.
    case missingSharedFilter

    /// The normative statement of MQTT 5.
    public var statement: String {
        switch self {
        case .empty: "MQTT-4.7.3-1"
        case .tooLong: "MQTT-4.7.3-3"
        case .nullCharacter: "MQTT-4.7.3-2"
        case .wildcardInName: "MQTT-4.7.0-1"
        case .misplacedMultiLevelWildcard: "MQTT-4.7.1-1"
        case .misplacedSingleLevelWildcard: "MQTT-4.7.1-2"
        case .invalidShareName, .missingSharedFilter: "MQTT-4.8.2-2"
        }
    }
}

extension MQTTTopicError: CustomStringConvertible {
    /// What is wrong, and the statement that says so.
    public var description: String {
        let text =
            switch self {
            case .empty: "a topic must have at least one character"
            case .tooLong: "a topic must be at most 65,535 bytes long"
            case .nullCharacter: "a topic must not contain U+0000"
            case .wildcardInName: "a topic name must not contain + or #"
            case .misplacedMultiLevelWildcard: "# must be alone in the last level of a filter"
            case .misplacedSingleLevelWildcard: "+ must be alone in its level"
            case .invalidShareName: "the share name must not be empty, nor contain + or #"
            case .missingSharedFilter: "a topic filter must follow the share name"
            }
        return text + " (" + statement + ")"
    }
}
