import Foundation
import MQTTCodec
import NIOCore
import Testing

/// The codec against other people's programs, where they are installed: as a client of mosquitto, as a
/// server of mosquitto's clients and of paho-mqtt.
@Suite(.timeLimit(.minutes(1))) struct LiveInteropTests {
    @Test(
        .enabled(if: Program.isWanted("mosquitto"), "mosquitto is not installed"),
        arguments: MQTTVersion.allCases)
    func `mosquitto takes our packets and sends us back our message`(version: MQTTVersion) async throws {
        let port = try LoopbackSocket.freePort()
        let broker = try Program.start("mosquitto", ["-p", "\(port)"])
        defer { Program.stop(broker) }
        let received = try await Program.onThread {
            let socket = try LoopbackSocket.connect(port: port)
            return try converse(with: socket, version: version)
        }
        #expect(received.properties.userProperties.map(\.name) == (version == .v5 ? ["k"] : []))
        #expect(received.topic == "interop/ü")
        #expect(received.payload == ByteBuffer(string: "payload"))
    }

    private func converse(with socket: LoopbackSocket, version: MQTTVersion) throws -> MQTTPublish {
        var peer = PacketPeer(socket, role: .client, version: version)
        try peer.send(
            .connect(MQTTConnect(version: version, clientID: "interop", cleanStart: true, keepAlive: 5)))
        guard case .connack(let connack) = try peer.receive() else { throw InteropFailure() }
        #expect(connack.reasonCode == .success && !connack.sessionPresent)
        let subscription = MQTTSubscription(filter: "interop/+", qos: .exactlyOnce)
        try peer.send(.subscribe(MQTTSubscribe(packetID: 1, subscriptions: [subscription])))
        guard case .suback(let suback) = try peer.receive() else { throw InteropFailure() }
        #expect(suback == MQTTSuback(packetID: 1, reasonCodes: [.grantedQoS2]))
        var properties = MQTTProperties()
        if version == .v5 { properties.userProperties = [MQTTUserProperty(name: "k", value: "v")] }
        try peer.send(
            .publish(
                MQTTPublish(
                    topic: "interop/ü", payload: ByteBuffer(string: "payload"),
                    delivery: .exactlyOnce(packetID: 2, dup: false), properties: properties)))
        while true {
            switch try peer.receive() {
            case .pubrec(let answer):
                #expect(answer.packetID == 2)
                try peer.send(.pubrel(MQTTAcknowledgement(packetID: 2)))
            case .publish(let publish):
                guard let packetID = publish.delivery.packetID else { throw InteropFailure() }
                try peer.send(.pubrec(MQTTAcknowledgement(packetID: packetID)))
                try peer.send(.disconnect(MQTTDisconnect()))
                return publish
            case .pubcomp: break
            default: throw InteropFailure()
            }
        }
    }

    static let clients: [(name: String, arguments: [String])] = [
        ("mosquitto_pub", ["-t", "a/b", "-m", "hello", "-q", "0"]),
        ("mosquitto_pub", ["-t", "a/b", "-m", "hello", "-q", "1", "-r"]),
        (
            "mosquitto_pub",
            ["-t", "a/b", "-m", "hello", "-q", "2", "--will-topic", "w", "--will-payload", "x"]
        ),
        ("mosquitto_sub", ["-t", "a/#", "-t", "+/c", "-q", "1", "-C", "1"]),
    ]

    @Test(
        .enabled(
            if: Program.isWanted("mosquitto_pub") && Program.isWanted("mosquitto_sub"),
            "mosquitto_pub and mosquitto_sub are not installed"),
        arguments: Array(clients.indices), MQTTVersion.allCases)
    func `mosquitto's clients are served`(index: Int, version: MQTTVersion) async throws {
        let (name, arguments) = Self.clients[index]
        let listener = try LoopbackSocket.listen()
        let option = version == .v5 ? "mqttv5" : "mqttv311"
        let client = try Program.start(
            name, ["-h", "127.0.0.1", "-p", "\(try listener.port())", "-V", option, "-i", "c"] + arguments)
        defer { Program.stop(client) }
        let served = try await Program.onThread { try serve(try listener.accept()) }
        client.waitUntilExit()
        #expect(client.terminationStatus == 0)
        #expect(served.version == version)
        #expect(served.types.first == .connect && served.types.last == .disconnect)
        #expect(served.types.contains(name == "mosquitto_pub" ? .publish : .subscribe))
    }

    @Test(
        .enabled(
            if: Program.pythonWithPaho != nil || Program.areRequired,
            "paho-mqtt is not installed (Scripts/install-packages --tests)"),
        arguments: MQTTVersion.allCases)
    func `paho-mqtt is served`(version: MQTTVersion) async throws {
        let listener = try LoopbackSocket.listen()
        let script = """
            import sys, paho.mqtt.client as m
            # Version 2 of paho asks which form its callbacks have; version 1 has only the older one.
            forms = [m.CallbackAPIVersion.VERSION2] if hasattr(m, 'CallbackAPIVersion') else []
            c = m.Client(*forms, client_id='p', protocol=int(sys.argv[2]))
            def connected(*_): c.subscribe([('a/#', 1), ('b', 2)])
            def message(client, _, m):
                assert m.payload == b'from the server', m.payload
                c.publish('x/y', b'1', 1).wait_for_publish; c.publish('x/y', b'2', 2)
            def published(client, _, mid, *rest):
                seen.append(mid)
                if len(seen) == 2: c.disconnect()
            seen = []
            c.on_connect, c.on_message, c.on_publish = connected, message, published
            c.connect('127.0.0.1', int(sys.argv[1]), 10)
            c.loop_forever(retry_first_connection=False)
            sys.exit(0 if len(seen) == 2 else 1)
            """
        let python = try #require(Program.pythonWithPaho, "paho-mqtt is not installed")
        let client = try Program.start(
            python, ["-c", script, "\(try listener.port())", version == .v5 ? "5" : "4"])
        defer { Program.stop(client) }
        let served = try await Program.onThread { try serve(try listener.accept()) }
        client.waitUntilExit()
        #expect(client.terminationStatus == 0)
        #expect(served.version == version)
        #expect(served.types.filter { $0 == .publish }.count == 2)
        #expect(served.types.last == .disconnect)
    }

    /// Answers one client until it says goodbye; a subscriber gets one message.
    private func serve(_ socket: LoopbackSocket) throws -> (version: MQTTVersion?, types: [MQTTPacketType]) {
        var peer = PacketPeer(socket, role: .server, version: nil)
        var types: [MQTTPacketType] = []
        while true {
            let packet = try peer.receive()
            types.append(packet.type)
            switch packet {
            case .connect: try peer.send(.connack(MQTTConnack(sessionPresent: false, reasonCode: .success)))
            case .subscribe(let subscribe):
                let codes = subscribe.subscriptions.map { MQTTReasonCode(rawValue: $0.qos.rawValue) }
                try peer.send(.suback(MQTTSuback(packetID: subscribe.packetID, reasonCodes: codes)))
                try peer.send(
                    .publish(
                        MQTTPublish(
                            topic: "a/b", payload: ByteBuffer(string: "from the server"),
                            delivery: .atLeastOnce(packetID: 9, dup: false))))
            case .publish(let publish):
                switch publish.delivery {
                case .atMostOnce: break
                case .atLeastOnce(let packetID, _):
                    try peer.send(.puback(MQTTAcknowledgement(packetID: packetID)))
                case .exactlyOnce(let packetID, _):
                    try peer.send(.pubrec(MQTTAcknowledgement(packetID: packetID)))
                }
            case .pubrel(let release):
                try peer.send(.pubcomp(MQTTAcknowledgement(packetID: release.packetID)))
            case .pingreq: try peer.send(.pingresp)
            case .disconnect: return (peer.version, types)
            case .puback: break
            default: throw InteropFailure()
            }
        }
    }
}
