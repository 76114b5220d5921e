import MQTTCodec
import NIOCore

/// Sends and receives packets over a blocking socket.
struct PacketPeer {
    private let socket: LoopbackSocket
    private var decoder: MQTTDecoder
    private var received = ByteBuffer()

    init(_ socket: LoopbackSocket, role: MQTTRole, version: MQTTVersion?) {
        self.socket = socket
        decoder = MQTTDecoder(role: role, version: version)
    }

    var version: MQTTVersion? { decoder.version }

    func send(_ packet: MQTTPacket) throws {
        try socket.send(try encode(packet, version: decoder.version ?? .v5))
    }

    mutating func receive() throws -> MQTTPacket {
        while true {
            if let packet = try decoder.decode(&received) { return packet }
            let bytes = try socket.receive()
            guard !bytes.isEmpty else { throw InteropFailure() }
            received.writeBytes(bytes)
        }
    }
}
