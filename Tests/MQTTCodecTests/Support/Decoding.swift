import MQTTCodec
import NIOCore

/// Decodes one packet in owned form with a fresh decoder.
func decode(
    _ bytes: [UInt8], role: MQTTRole, version: MQTTVersion?
) throws(MQTTFault) -> MQTTPacket? {
    var decoder = MQTTDecoder(role: role, version: version)
    var buffer = ByteBuffer(bytes: bytes)
    return try decoder.decode(&buffer)
}

/// Decodes one packet in hot form with a fresh decoder, and that to owned form.
func decodeHotThenOwned(
    _ bytes: [UInt8], role: MQTTRole, version: MQTTVersion?
) throws(MQTTFault) -> MQTTPacket? {
    let outcome = bytes.withUnsafeBytes { memory -> Result<MQTTPacket?, MQTTFault> in
        do throws(MQTTFault) {
            var decoder = MQTTDecoder(role: role, version: version)
            var offset = 0
            guard let hot = try decoder.decodeHot(memory, &offset) else { return .success(nil) }
            switch hot {
            case .publish(let offsets): return .success(.publish(try decoder.decodeOwned(memory, offsets)))
            case .pingreq: return .success(.pingreq)
            case .puback(let packetID, let reasonCode):
                let whole = try decoder.decodeOwned(memory, 0..<offset)
                guard case .puback(let acknowledgement) = whole, acknowledgement.packetID == packetID,
                    acknowledgement.reasonCode == reasonCode
                else { return .success(nil) }
                return .success(whole)
            case .other(_, let start, let end): return .success(try decoder.decodeOwned(memory, start..<end))
            }
        } catch {
            return .failure(error)
        }
    }
    return try outcome.get()
}
