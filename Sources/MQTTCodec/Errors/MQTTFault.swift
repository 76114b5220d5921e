/// A packet that breaks the standard: which rule, where, and what to answer.
///
/// After a fault the stream can't be resynchronised; the connection has to be closed (MQTT-4.13.1-1,
/// MQTT 3.1.1: MQTT-4.8.0-1), in MQTT 5 after a CONNACK or DISCONNECT with ``reasonCode``.
public struct MQTTFault: Error, Hashable, Sendable {
    /// What class of fault it is.
    public enum Kind: Hashable, Sendable {
        /// The bytes can't be parsed.
        case malformed
        /// The bytes can be parsed, but what they say isn't allowed.
        case protocolError
        /// A CONNECT in a protocol version other than 3.1.1 and 5. May be answered with a CONNACK.
        case unsupportedVersion
        /// The packet is larger than the limit that applies.
        case packetTooLarge
        /// Raised by encoding only: the packet can't be written in this protocol version.
        case unencodable
    }

    /// What class of fault it is.
    public var kind: Kind
    /// What to tell the peer in MQTT 5.
    public var reasonCode: MQTTReasonCode
    /// The normative statement in the standard of the connection's version, "MQTT-3.3.1-4", or the
    /// section, "§3.8.3.1", of a rule without number.
    public var statement: String
    /// The rule in words.
    public var detail: String
    /// Offset of the byte that shows the fault, from the start of the packet. 0 when encoding.
    public var offset: Int

    /// A fault.
    public init(kind: Kind, reasonCode: MQTTReasonCode, statement: String, detail: String, offset: Int = 0) {
        self.kind = kind
        self.reasonCode = reasonCode
        self.statement = statement
        self.detail = detail
        self.offset = offset
    }
}

extension MQTTFault: CustomStringConvertible {
    /// "packet identifier is 0 (MQTT-2.2.1-3, byte 2): Malformed Packet".
    public var description: String { "\(detail) (\(statement), byte \(offset)): \(reasonCode)" }
}
