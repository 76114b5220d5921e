import FuzzDriver
import MQTTCodec
import NIOCore

// The first byte says how to decode: bit 0 the version, bit 1 the role, bit 2 a server that awaits
// CONNECT. The rest is what the peer sends. Whatever that is: packets, a fault or "more", the same in hot
// form, in owned form and in pieces, and an explanation that agrees.

struct Outcome: Equatable {
    var packets: [MQTTPacket] = []
    var fault: MQTTFault?
    var consumed = 0
}

func decoder(_ mode: UInt8) -> MQTTDecoder {
    let role: MQTTRole = mode & 2 == 0 ? .server : .client
    let version: MQTTVersion = mode & 1 == 0 ? .v5 : .v3_1_1
    return MQTTDecoder(role: role, version: role == .server && mode & 4 != 0 ? nil : version)
}

func decodeOwned(_ bytes: UnsafeRawBufferPointer, _ mode: UInt8, piece: Int) -> Outcome {
    var decoder = decoder(mode)
    var outcome = Outcome()
    var buffer = ByteBuffer()
    var sent = 0
    while true {
        do throws(MQTTFault) {
            while let packet = try decoder.decode(&buffer) {
                outcome.packets.append(packet)
                if case .connect = packet { decoder.connectionAccepted() }
            }
        } catch {
            outcome.fault = error
        }
        if outcome.fault != nil || sent == bytes.count {
            outcome.consumed = sent - buffer.readableBytes
            return outcome
        }
        let count = min(piece, bytes.count - sent)
        buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[sent..<sent + count]))
        sent += count
    }
}

func decodeHot(_ bytes: UnsafeRawBufferPointer, _ mode: UInt8) -> Outcome {
    var decoder = decoder(mode)
    var outcome = Outcome()
    do throws(MQTTFault) {
        while true {
            guard let packet = try decoder.decodeHot(bytes, &outcome.consumed) else { return outcome }
            switch packet {
            case .publish(let offsets):
                outcome.packets.append(.publish(try decoder.decodeOwned(bytes, offsets)))
            case .puback(let packetID, let reasonCode):
                // The properties were validated and dropped.
                outcome.packets.append(
                    .puback(MQTTAcknowledgement(packetID: packetID, reasonCode: reasonCode)))
            case .pingreq: outcome.packets.append(.pingreq)
            case .other(let type, let start, let end):
                let before = outcome.consumed
                outcome.consumed = start
                outcome.packets.append(try decoder.decodeOwned(bytes, start..<end))
                outcome.consumed = before
                if type == .connect { decoder.connectionAccepted() }
            }
        }
    } catch {
        outcome.fault = error
    }
    return outcome
}

func withoutPubackProperties(_ outcome: Outcome) -> Outcome {
    var outcome = outcome
    for (index, packet) in outcome.packets.enumerated() {
        guard case .puback(var acknowledgement) = packet else { continue }
        acknowledgement.properties = MQTTProperties()
        outcome.packets[index] = .puback(acknowledgement)
    }
    return outcome
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    let mode = data[0]
    let bytes = UnsafeRawBufferPointer(start: data + 1, count: count - 1)
    let whole = decodeOwned(bytes, mode, piece: .max)
    let pieces = decodeOwned(bytes, mode, piece: 1 + Int(mode >> 3))
    precondition(whole == pieces, "pieces change the outcome")
    let hot = decodeHot(bytes, mode)
    precondition(withoutPubackProperties(whole) == withoutPubackProperties(hot), "the forms differ")
    hot.packets.forEach { _ = $0.description }
    let explanation = MQTTPacketExplanation(
        Array(bytes), version: mode & 1 == 0 ? .v5 : .v3_1_1, role: mode & 2 == 0 ? .server : .client)
    precondition(!"\(explanation)".isEmpty)
    return 0
}

_ = runFuzzer(test)
