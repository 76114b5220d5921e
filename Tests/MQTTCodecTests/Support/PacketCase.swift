import MQTTCodec
import NIOCore
import Testing

/// One row of the table: bytes, and what the standard says of them.
struct PacketCase: CustomTestStringConvertible, Sendable {
    enum Expectation: Sendable {
        /// Decodes to this and encodes to the same bytes.
        case packet(MQTTPacket)
        /// Decodes to this; we would write it in fewer bytes.
        case longForm(MQTTPacket)
        /// Faults at the offset, under the row's statement.
        case fault(MQTTFault.Kind, MQTTReasonCode, offset: Int)
    }

    /// The normative statement, or the section of a rule without one.
    let statement: String
    let title: String
    let versions: [MQTTVersion]
    /// The sides that get this result.
    let roles: [MQTTRole]
    let wire: [UInt8]
    let expected: Expectation

    var testDescription: String { "\(statement) \(title)" }
}

extension PacketCase {
    static func valid(
        _ statement: String, _ title: String, _ versions: [MQTTVersion], _ roles: [MQTTRole],
        _ bytes: [UInt8],
        _ packet: MQTTPacket
    ) -> PacketCase {
        PacketCase(
            statement: statement, title: title, versions: versions, roles: roles, wire: bytes,
            expected: .packet(packet))
    }

    static func long(
        _ statement: String, _ title: String, _ versions: [MQTTVersion], _ roles: [MQTTRole],
        _ bytes: [UInt8],
        _ packet: MQTTPacket
    ) -> PacketCase {
        PacketCase(
            statement: statement, title: title, versions: versions, roles: roles, wire: bytes,
            expected: .longForm(packet))
    }

    static func malformed(
        _ statement: String, _ title: String, _ versions: [MQTTVersion], _ roles: [MQTTRole],
        _ bytes: [UInt8],
        at offset: Int
    ) -> PacketCase {
        PacketCase(
            statement: statement, title: title, versions: versions, roles: roles, wire: bytes,
            expected: .fault(.malformed, .malformedPacket, offset: offset))
    }

    static func violating(
        _ statement: String, _ title: String, _ versions: [MQTTVersion], _ roles: [MQTTRole],
        _ bytes: [UInt8],
        _ reasonCode: MQTTReasonCode = .protocolError, at offset: Int
    ) -> PacketCase {
        PacketCase(
            statement: statement, title: title, versions: versions, roles: roles, wire: bytes,
            expected: .fault(.protocolError, reasonCode, offset: offset))
    }
}

let v3: [MQTTVersion] = [.v3_1_1]
let v5: [MQTTVersion] = [.v5]
let both: [MQTTVersion] = [.v3_1_1, .v5]
let server: [MQTTRole] = [.server]
let client: [MQTTRole] = [.client]
let either: [MQTTRole] = [.server, .client]

func properties(_ set: (inout MQTTProperties) -> Void) -> MQTTProperties {
    var properties = MQTTProperties()
    set(&properties)
    return properties
}
