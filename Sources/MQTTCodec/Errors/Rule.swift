/// Every rule the codec enforces, with its place in the standard: the one table faults are named from.
///
/// A rule without a normative number is cited by its section.
enum Rule: UInt8, BitwiseCopyable, CaseIterable {
    // First packet and framing
    case firstPacketNotConnect
    case secondConnect
    case packetTypeReserved
    case authInVersion3
    case packetNotForServer
    case packetNotForClient
    case fixedHeaderFlags
    case pubrelFlags
    case subscribeFlags
    case unsubscribeFlags
    case disconnectFlags
    case authFlags
    case remainingLengthTooLong
    case packetTooLargeForServer
    case packetTooLargeForClient
    case truncated
    case trailingBytes
    case variableIntegerTooLong
    case variableIntegerNotMinimal
    // Strings and topics
    case illFormedUTF8
    case nullCharacter
    case topicNameWildcard
    case topicNameEmpty
    case packetIdentifierZero
    // CONNECT
    case protocolName
    case protocolVersion
    case connectReservedFlag
    case willQoSWithoutWill
    case willQoS3
    case willRetainWithoutWill
    case passwordWithoutUserName
    case willTopicWildcard
    case willTopicEmpty
    // CONNACK
    case connackReservedFlags
    case sessionPresentWithError
    case connectReturnCode
    // PUBLISH
    case publishQoS3
    case dupAtQoS0
    case topicMissing
    case subscriptionIdentifierFromClient
    // SUBSCRIBE, UNSUBSCRIBE and their answers
    case subscribeEmpty
    case subscriptionReservedBits
    case subscriptionQoS3
    case retainHandling3
    case noLocalOnSharedSubscription
    case subackEmpty
    case subackReturnCode
    case unsubscribeEmpty
    case unsubackEmpty
    // Properties
    case propertyUnknown
    case propertyMisplaced
    case propertyRepeated
    case propertyLengthBeyondPacket
    case propertyNotBoolean
    case receiveMaximumZero
    case maximumPacketSizeZero
    case topicAliasZero
    case responseTopicWildcard
    case responseTopicEmpty
    case subscriptionIdentifierZero
    case authenticationDataWithoutMethod
    case authenticationMethodMissing
    case sessionExpiryFromServer
    // What only encoding can break
    case stringTooLong
    case binaryTooLong
    case packetUnrepresentable
    case subscriptionIdentifierTooLarge
    case versionMismatch
    case packetNotInVersion3
    case reasonCodeNotInVersion3
    case optionNotInVersion3

    /// One row of the table.
    struct Entry {
        let kind: MQTTFault.Kind
        let reasonCode: MQTTReasonCode
        /// Statement in MQTT 5, and in MQTT 3.1.1.
        let statement5: String
        let statement3: String
        let detail: String

        init(
            _ kind: MQTTFault.Kind, _ reasonCode: MQTTReasonCode, _ statement5: String, _ statement3: String,
            _ detail: String
        ) {
            self.kind = kind
            self.reasonCode = reasonCode
            self.statement5 = statement5
            self.statement3 = statement3
            self.detail = detail
        }
    }

    var entry: Entry {
        switch self {
        case .firstPacketNotConnect:
            Entry(
                .protocolError, .protocolError, "MQTT-3.1.0-1", "MQTT-3.1.0-1",
                "the first packet from a client must be CONNECT")
        case .secondConnect:
            Entry(
                .protocolError, .protocolError, "MQTT-3.1.0-2", "MQTT-3.1.0-2",
                "a client may send CONNECT only once")
        case .packetTypeReserved:
            Entry(.malformed, .malformedPacket, "§2.1.2", "§2.2.1", "packet type 0 is reserved")
        case .authInVersion3:
            Entry(
                .malformed, .malformedPacket, "§2.1.2", "§2.2.1", "packet type 15 is reserved in MQTT 3.1.1")
        case .packetNotForServer:
            Entry(.protocolError, .protocolError, "§2.1.2", "§2.2.1", "only a server may send this packet")
        case .packetNotForClient:
            Entry(.protocolError, .protocolError, "§2.1.2", "§2.2.1", "only a client may send this packet")
        case .fixedHeaderFlags:
            Entry(
                .malformed, .malformedPacket, "MQTT-2.1.3-1", "MQTT-2.2.2-2",
                "reserved flags of the fixed header have the wrong value")
        case .pubrelFlags:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.6.1-1", "MQTT-3.6.1-1",
                "the flags of PUBREL must be 0010")
        case .subscribeFlags:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.8.1-1", "MQTT-3.8.1-1",
                "the flags of SUBSCRIBE must be 0010")
        case .unsubscribeFlags:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.10.1-1", "MQTT-3.10.1-1",
                "the flags of UNSUBSCRIBE must be 0010")
        case .disconnectFlags:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.14.1-1", "MQTT-3.14.1-1",
                "the flags of DISCONNECT must be 0000")
        case .authFlags:
            Entry(.malformed, .malformedPacket, "MQTT-3.15.1-1", "§2.2.1", "the flags of AUTH must be 0000")
        case .remainingLengthTooLong:
            Entry(
                .malformed, .malformedPacket, "§2.1.4", "§2.2.3",
                "the remaining length takes more than four bytes")
        case .packetTooLargeForServer:
            Entry(
                .packetTooLarge, .packetTooLarge, "MQTT-3.2.2-15", "§2.2.3",
                "the packet is larger than the server accepts")
        case .packetTooLargeForClient:
            Entry(
                .packetTooLarge, .packetTooLarge, "MQTT-3.1.2-24", "§2.2.3",
                "the packet is larger than the client accepts")
        case .truncated:
            Entry(.malformed, .malformedPacket, "§2.1.4", "§2.2.3", "the packet ends inside a field")
        case .trailingBytes:
            Entry(
                .malformed, .malformedPacket, "§2.1.4", "§2.2.3", "bytes follow the last field of the packet")
        case .variableIntegerTooLong:
            Entry(
                .malformed, .malformedPacket, "§1.5.5", "§2.2.3",
                "a variable byte integer takes more than four bytes")
        case .variableIntegerNotMinimal:
            Entry(
                .malformed, .malformedPacket, "MQTT-1.5.5-1", "§2.2.3",
                "a variable byte integer takes more bytes than needed")
        case .illFormedUTF8:
            Entry(
                .malformed, .malformedPacket, "MQTT-1.5.4-1", "MQTT-1.5.3-1",
                "a string is not well-formed UTF-8")
        case .nullCharacter:
            Entry(.malformed, .malformedPacket, "MQTT-1.5.4-2", "MQTT-1.5.3-2", "a string contains U+0000")
        case .topicNameWildcard:
            Entry(
                .protocolError, .topicNameInvalid, "MQTT-3.3.2-2", "MQTT-3.3.2-2",
                "a topic name contains a wildcard")
        case .topicNameEmpty:
            Entry(.protocolError, .topicNameInvalid, "MQTT-4.7.3-1", "MQTT-4.7.3-1", "a topic name is empty")
        case .packetIdentifierZero:
            Entry(.malformed, .malformedPacket, "MQTT-2.2.1-3", "MQTT-2.3.1-1", "the packet identifier is 0")
        case .protocolName:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.1.2-1", "MQTT-3.1.2-1",
                "the protocol name is not \"MQTT\"")
        case .protocolVersion:
            Entry(
                .unsupportedVersion, .unsupportedProtocolVersion, "MQTT-3.1.2-2", "MQTT-3.1.2-2",
                "the protocol version is neither 3.1.1 nor 5")
        case .connectReservedFlag:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.1.2-3", "MQTT-3.1.2-3",
                "the reserved connect flag is set")
        case .willQoSWithoutWill:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.1.2-11", "MQTT-3.1.2-13",
                "the will QoS is set without a will")
        case .willQoS3:
            Entry(.malformed, .malformedPacket, "MQTT-3.1.2-12", "MQTT-3.1.2-14", "the will QoS is 3")
        case .willRetainWithoutWill:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.1.2-13", "MQTT-3.1.2-15",
                "the will retain flag is set without a will")
        case .passwordWithoutUserName:
            Entry(
                .malformed, .malformedPacket, "§3.1.2.9", "MQTT-3.1.2-22",
                "there is a password but no user name")
        case .willTopicWildcard:
            Entry(
                .protocolError, .topicNameInvalid, "MQTT-4.7.0-1", "MQTT-4.7.1-1",
                "the will topic contains a wildcard")
        case .willTopicEmpty:
            Entry(
                .protocolError, .topicNameInvalid, "MQTT-4.7.3-1", "MQTT-4.7.3-1", "the will topic is empty")
        case .connackReservedFlags:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.2.2-1", "§3.2.2.1", "reserved acknowledge flags are set"
            )
        case .sessionPresentWithError:
            Entry(
                .protocolError, .protocolError, "MQTT-3.2.2-6", "MQTT-3.2.2-4",
                "session present is set in a CONNACK that refuses")
        case .connectReturnCode:
            Entry(.malformed, .malformedPacket, "MQTT-3.2.2-8", "MQTT-3.2.2-6", "the return code is reserved")
        case .publishQoS3:
            Entry(.malformed, .malformedPacket, "MQTT-3.3.1-4", "MQTT-3.3.1-4", "the QoS is 3")
        case .dupAtQoS0:
            Entry(.malformed, .malformedPacket, "MQTT-3.3.1-2", "MQTT-3.3.1-2", "DUP is set at QoS 0")
        case .topicMissing:
            Entry(
                .protocolError, .protocolError, "§3.3.2.1", "MQTT-3.3.2-1",
                "the topic name is empty and there is no topic alias")
        case .subscriptionIdentifierFromClient:
            Entry(
                .protocolError, .protocolError, "MQTT-3.3.4-6", "§3.3.2",
                "a client may not send a subscription identifier in PUBLISH")
        case .subscribeEmpty:
            Entry(
                .protocolError, .protocolError, "MQTT-3.8.3-2", "MQTT-3.8.3-3",
                "SUBSCRIBE has no topic filter")
        case .subscriptionReservedBits:
            Entry(
                .malformed, .malformedPacket, "MQTT-3.8.3-5", "MQTT-3-8.3-4",
                "reserved bits of the subscription options are set")
        case .subscriptionQoS3:
            Entry(.protocolError, .protocolError, "§3.8.3.1", "MQTT-3-8.3-4", "the requested QoS is 3")
        case .retainHandling3:
            Entry(.protocolError, .protocolError, "§3.8.3.1", "MQTT-3-8.3-4", "retain handling is 3")
        case .noLocalOnSharedSubscription:
            Entry(
                .protocolError, .protocolError, "MQTT-3.8.3-4", "§3.8.3",
                "No Local is set on a shared subscription")
        case .subackEmpty:
            Entry(.malformed, .malformedPacket, "MQTT-3.8.4-6", "MQTT-3.8.4-5", "SUBACK has no reason code")
        case .subackReturnCode:
            Entry(.malformed, .malformedPacket, "MQTT-3.9.3-2", "MQTT-3.9.3-2", "the return code is reserved")
        case .unsubscribeEmpty:
            Entry(
                .protocolError, .protocolError, "MQTT-3.10.3-2", "MQTT-3.10.3-2",
                "UNSUBSCRIBE has no topic filter")
        case .unsubackEmpty:
            Entry(.malformed, .malformedPacket, "MQTT-3.11.3-1", "§3.11.3", "UNSUBACK has no reason code")
        case .propertyUnknown:
            Entry(
                .malformed, .malformedPacket, "§2.2.2.2", "§2.2.2.2",
                "there is no property with this identifier")
        case .propertyMisplaced:
            Entry(
                .protocolError, .protocolError, "§2.2.2.2", "§2.2.2.2",
                "the property does not belong in this packet")
        case .propertyRepeated:
            Entry(.protocolError, .protocolError, "§2.2.2.2", "§2.2.2.2", "the property may appear only once")
        case .propertyLengthBeyondPacket:
            Entry(
                .malformed, .malformedPacket, "§2.2.2.1", "§2.2.2.1",
                "the property length reaches beyond the packet")
        case .propertyNotBoolean:
            Entry(.protocolError, .protocolError, "§2.2.2.2", "§2.2.2.2", "the property must be 0 or 1")
        case .receiveMaximumZero:
            Entry(.protocolError, .protocolError, "§3.1.2.11.3", "§3.1.2.11.3", "the receive maximum is 0")
        case .maximumPacketSizeZero:
            Entry(
                .protocolError, .protocolError, "§3.1.2.11.4", "§3.1.2.11.4", "the maximum packet size is 0")
        case .topicAliasZero:
            Entry(.protocolError, .topicAliasInvalid, "MQTT-3.3.2-8", "MQTT-3.3.2-8", "the topic alias is 0")
        case .responseTopicWildcard:
            Entry(
                .protocolError, .protocolError, "MQTT-3.3.2-14", "MQTT-3.3.2-14",
                "the response topic contains a wildcard")
        case .responseTopicEmpty:
            Entry(
                .protocolError, .protocolError, "MQTT-4.7.3-1", "MQTT-4.7.3-1", "the response topic is empty")
        case .subscriptionIdentifierZero:
            Entry(
                .protocolError, .protocolError, "§3.8.2.1.2", "§3.8.2.1.2", "the subscription identifier is 0"
            )
        case .authenticationDataWithoutMethod:
            Entry(
                .protocolError, .protocolError, "§3.1.2.11.10", "§3.1.2.11.10",
                "there is authentication data but no authentication method")
        case .authenticationMethodMissing:
            Entry(
                .protocolError, .protocolError, "§3.15.2.2.2", "§3.15.2.2.2",
                "AUTH has no authentication method")
        case .sessionExpiryFromServer:
            Entry(
                .protocolError, .protocolError, "MQTT-3.14.2-2", "MQTT-3.14.2-2",
                "a server may not send a session expiry interval in DISCONNECT")
        case .stringTooLong:
            Entry(.unencodable, .malformedPacket, "§1.5.4", "§1.5.3", "a string is longer than 65,535 bytes")
        case .binaryTooLong:
            Entry(
                .unencodable, .malformedPacket, "§1.5.6", "§1.5.3", "binary data is longer than 65,535 bytes")
        case .packetUnrepresentable:
            Entry(
                .unencodable, .packetTooLarge, "§2.1.4", "§2.2.3",
                "the packet is larger than 268,435,455 bytes after its fixed header")
        case .subscriptionIdentifierTooLarge:
            Entry(
                .unencodable, .protocolError, "§3.8.2.1.2", "§3.8.2.1.2",
                "the subscription identifier is larger than 268,435,455")
        case .versionMismatch:
            Entry(
                .unencodable, .protocolError, "MQTT-3.1.2-2", "MQTT-3.1.2-2",
                "the CONNECT is for another protocol version")
        case .packetNotInVersion3:
            Entry(.unencodable, .protocolError, "§2.1.2", "§2.2.1", "MQTT 3.1.1 has no such packet")
        case .reasonCodeNotInVersion3:
            Entry(
                .unencodable, .protocolError, "§3.4.2.1", "§3.4.2",
                "MQTT 3.1.1 has no way to say that this failed")
        case .optionNotInVersion3:
            Entry(
                .unencodable, .protocolError, "§3.8.3.1", "§3.8.3",
                "MQTT 3.1.1 has no such subscription option")
        }
    }
}
