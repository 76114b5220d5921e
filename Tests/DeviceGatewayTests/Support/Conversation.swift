import DeviceGateway
import MQTTCodec
import NIOCore

extension TestGateway {
    /// Runs a gateway whose plaintext endpoint lets everybody do everything, for what does not depend on who asks.
    static func runOpen(
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        try await run(
            configure: {
                $0.plaintext = PlaintextEndpoint(port: 0, anonymousPolicies: ["everything"])
                configure(&$0)
            }, body)
    }

    /// Opens a plaintext connection and sends nothing.
    func openAnonymously(version: MQTTVersion = .v5) async throws -> TestClient {
        try await TestClient.open(port: plaintextPort, tls: nil, version: version)
    }

    /// Opens a plaintext connection and sends CONNECT.
    func connectAnonymously(
        _ clientID: String, version: MQTTVersion = .v5, cleanStart: Bool = true, keepAlive: UInt16 = 1_000,
        will: MQTTWill? = nil, properties: MQTTProperties = MQTTProperties()
    ) async throws -> TestClient {
        let client = try await openAnonymously(version: version)
        try await client.connect(
            clientID, cleanStart: cleanStart, keepAlive: keepAlive, will: will, properties: properties)
        return client
    }

    /// Breaks a connection off and waits until the gateway has noticed.
    func lose(_ client: TestClient) async -> Bool {
        let count = observer.disconnections.count
        await client.abort()
        return await observer.wait { $0.disconnections.count > count }
    }

    /// Ends a connection with DISCONNECT and waits until the gateway has noticed.
    func leave(
        _ client: TestClient, _ reasonCode: MQTTReasonCode = .normalDisconnection,
        properties: MQTTProperties = MQTTProperties()
    ) async throws -> Bool {
        let count = observer.disconnections.count
        try await client.send(
            .disconnect(MQTTDisconnect(reasonCode: reasonCode, properties: properties)))
        return await observer.wait { $0.disconnections.count > count }
    }
}

extension TestClient {
    /// Sends a packet and returns the next that comes.
    func request(_ packet: MQTTPacket) async throws -> MQTTPacket {
        try await send(packet)
        return try await self.packet()
    }

    /// Whether nothing comes before the answer to a PINGREQ: everything that the gateway had for this
    /// connection when the PINGREQ arrived would have come first.
    func hasNothing() async throws -> Bool {
        try await request(.pingreq) == .pingresp
    }

    func subscribe(
        to subscription: MQTTSubscription, identifier: UInt32? = nil, packetID: UInt16 = 1
    ) async throws -> [MQTTReasonCode] {
        var properties = MQTTProperties()
        if let identifier { properties.subscriptionIdentifiers = [identifier] }
        let answer = try await request(
            .subscribe(
                MQTTSubscribe(packetID: packetID, subscriptions: [subscription], properties: properties)))
        guard case .suback(let suback) = answer else { throw TimedOut() }
        return suback.reasonCodes
    }

    func unsubscribe(_ filters: String...) async throws -> [MQTTReasonCode] {
        let answer = try await request(.unsubscribe(MQTTUnsubscribe(packetID: 2, filters: filters)))
        guard case .unsuback(let unsuback) = answer else { throw TimedOut() }
        return unsuback.reasonCodes
    }

    /// The next message, not acknowledged.
    func unacknowledgedMessage() async throws -> MQTTPublish {
        guard case .publish(let publish) = try await packet() else { throw TimedOut() }
        return publish
    }

    func acknowledge(_ packetID: UInt16) async throws {
        try await send(.puback(MQTTAcknowledgement(packetID: packetID, reasonCode: .success)))
    }
}

extension MQTTProperties {
    /// Properties with what `set` sets.
    static func with(_ set: (inout MQTTProperties) -> Void) -> MQTTProperties {
        var properties = MQTTProperties()
        set(&properties)
        return properties
    }
}

extension MQTTPublish {
    var text: String { String(buffer: payload) }
}
