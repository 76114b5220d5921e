import MQTTCodec
import NIOCore
import Testing

/// Decodes one packet in owned form with a fresh decoder.
func decode(
    _ bytes: [UInt8], role: MQTTRole, version: MQTTVersion?
) throws(MQTTFault) -> MQTTPacket? {
    var decoder = MQTTDecoder(role: role, version: version)
    var buffer = ByteBuffer(bytes: bytes)
    return try decoder.decode(&buffer)
}

/// Decodes one packet in hot form with a fresh decoder, compares it with the owned
/// form, and returns that.
func decodeHotThenOwned(
    _ bytes: [UInt8], role: MQTTRole, version: MQTTVersion?
) throws(MQTTFault) -> MQTTPacket? {
    let outcome = bytes.withUnsafeBytes { memory -> Result<MQTTPacket?, MQTTFault> in
        do throws(MQTTFault) {
            var decoder = MQTTDecoder(role: role, version: version)
            var offset = 0
            guard let hot = try decoder.decodeHot(memory, &offset) else { return .success(nil) }
            let whole = try decoder.decodeOwned(memory, 0..<offset)
            switch (hot, whole) {
            case (.publish(let offsets), .publish(let publish)):
                let fromOffsets = try decoder.decodeOwned(memory, offsets)
                #expect(fromOffsets == publish)
                #expect(offsets.packetStart == 0 && offsets.packetCount == offset)
                #expect(offsets.topicAlias == publish.properties.topicAlias ?? 0)
                #expect(offsets.messageExpiryInterval == publish.properties.messageExpiryInterval)
                #expect(offsets.isPayloadUTF8 == (publish.properties.payloadFormatIndicator == 1))
                var others = publish.properties
                others.topicAlias = nil
                others.messageExpiryInterval = nil
                #expect(offsets.hasOtherProperties == !others.isEmpty)
            case (.pingreq, .pingreq): break
            case (.puback(let packetID, let reasonCode), .puback(let acknowledgement)):
                #expect(packetID == acknowledgement.packetID)
                #expect(reasonCode == acknowledgement.reasonCode)
            case (.other(let type, let start, let end), _):
                #expect(type != .publish && type != .puback && type != .pingreq)
                #expect(type == whole.type && start == 0 && end == offset)
            default: Issue.record("hot form \(hot) of \(whole)")
            }
            return .success(whole)
        } catch {
            return .failure(error)
        }
    }
    return try outcome.get()
}

/// A packet's bytes.
func encode(_ packet: MQTTPacket, version: MQTTVersion) throws(MQTTFault) -> [UInt8] {
    var buffer = ByteBuffer()
    try packet.encode(into: &buffer, version: version)
    return buffer.array
}
