// The codec alone, without a gateway: encode a PUBLISH, decode it again, and explain any packet.
//
//     mqtt-packet                   encode and decode a PUBLISH
//     mqtt-packet 30050003612f6221  explain a packet given in hexadecimal

import MQTTCodec
import NIOCore

func encodeAndDecode() throws {
    var properties = MQTTProperties()
    properties.contentType = "application/json"
    properties.messageExpiryInterval = 3600
    let publish = MQTTPublish(
        topic: "devices/device1/temperature", payload: ByteBuffer(string: #"{"celsius":21.5}"#),
        delivery: .atLeastOnce(packetID: 7, dup: false), properties: properties)

    var buffer = ByteBuffer()
    try MQTTPacket.publish(publish).encode(into: &buffer, version: .v5)
    print("encoded \(buffer.readableBytes) bytes")

    // A client would receive these bytes in any pieces; nil would mean that more have to come.
    var decoder = MQTTDecoder(role: .client, version: .v5)
    while let packet = try decoder.decode(&buffer) {
        print("decoded", packet)
    }
}

/// Bytes from hexadecimal digits, spaces and colons ignored; nil if it is anything else.
func bytes(hexadecimal text: String) -> [UInt8]? {
    let digits = text.filter { !" :".contains($0) }
    guard digits.count.isMultiple(of: 2), digits.allSatisfy(\.isHexDigit) else { return nil }
    var rest = Substring(digits)
    var bytes: [UInt8] = []
    while !rest.isEmpty {
        guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
        bytes.append(byte)
        rest = rest.dropFirst(2)
    }
    return bytes
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.isEmpty {
    try encodeAndDecode()
} else if let packet = bytes(hexadecimal: arguments.joined()) {
    print(MQTTPacketExplanation(packet))
} else {
    print("usage: mqtt-packet [HEX]")
}
