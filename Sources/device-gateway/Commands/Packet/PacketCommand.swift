import ArgumentParser
import MQTTCodec

struct PacketCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "packet", abstract: "Takes MQTT packets apart.", subcommands: [PacketDecodeCommand.self])
}

struct PacketDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Explains an MQTT packet given in hexadecimal, field by field.",
        discussion: """
            A packet with a fault is explained up to the fault, with the standard's statement that it breaks.

              device-gateway packet decode 30 07 00 03 61 2f 62 68 69
              device-gateway packet decode --mqtt5 300800 03612f620068 69
            """)

    @Argument(help: "The packet's bytes; spaces, colons and 0x don't matter.")
    var hex: [String]

    @Flag(help: "Reads it as MQTT 5 rather than 3.1.1; a CONNECT says for itself.")
    var mqtt5 = false

    func run() throws {
        guard let bytes = HexadecimalText.bytes(hex.joined(separator: " ")) else {
            throw ValidationError("The packet has to be hexadecimal digits, two for each byte.")
        }
        Terminal.print("\(MQTTPacketExplanation(bytes, version: mqtt5 ? .v5 : .v3_1_1))")
    }
}

enum HexadecimalText {
    /// The bytes of hexadecimal text as people paste it; nil when there is anything else in it.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "," || $0.isNewline }) {
            let digits = word.hasPrefix("0x") || word.hasPrefix("0X") ? word.dropFirst(2) : word
            let values = digits.map(\.hexDigitValue)
            guard !values.isEmpty, values.count.isMultiple(of: 2), !values.contains(nil) else { return nil }
            let nibbles = values.compactMap { $0 }
            for index in stride(from: 0, to: nibbles.count, by: 2) {
                bytes.append(UInt8(nibbles[index] << 4 | nibbles[index + 1]))
            }
        }
        return bytes.isEmpty ? nil : bytes
    }
}
