import DeviceGateway
import GatewayTLS
import MQTTCodec
import NIOCore
import Testing
import X509Auth

/// Whatever a peer sends, it gets a clear end, a report says what happened, and nobody else notices.
@Suite(.timeLimit(.minutes(2)))
struct BadInputTests {
    /// Runs `attack` beside a device that works before and after it.
    func undisturbed(
        _ attack: (TestGateway) async throws -> Void
    ) async throws {
        try await TestGateway.run { test in
            let bystander = try await test.connect(try await test.device("bystander"), clientID: "bystander")
            #expect(try await bystander.publish("devices/bystander/a", "before").isError == false)
            try await attack(test)
            #expect(try await bystander.publish("devices/bystander/a", "after").isError == false)
        }
    }

    func expectRefusal(
        _ test: TestGateway, _ reason: RefusalReason, _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let isReported = await test.observer.wait { $0.refusals.contains { $0.reason == reason } }
        #expect(
            isReported, "no refusal for \(reason): \(test.observer.refusals)", sourceLocation: sourceLocation)
        let message = test.observer.refusals.last { $0.reason == reason }?.message ?? ""
        for word in words {
            #expect(message.contains(word), "'\(message)' lacks '\(word)'", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [TLSVersion.v1_2, .v1_3])
    func unregisteredCertificate(tls: TLSVersion) async throws {
        try await undisturbed { test in
            let stranger = try await test.device("stranger", registered: false)
            let client = try await test.open(stranger, tls: tls...tls)
            await #expect(throws: TestClient.Closed.self) { try await client.connect("stranger") }
            await expectRefusal(test, .tls, "not registered")
        }
    }

    @Test(arguments: [CertificateStatus.inactive, .revoked])
    func inactiveCertificate(status: CertificateStatus) async throws {
        try await undisturbed { test in
            let credential = try await test.device("device1")
            _ = try await test.registry.setStatus(of: credential.certificate.id, to: status)
            let client = try await test.open(credential)
            await #expect(throws: TestClient.Closed.self) { try await client.connect("device1") }
            await expectRefusal(test, .tls, status.rawValue)
        }
    }

    @Test func expiredCertificate() async throws {
        try await undisturbed { test in
            let credential = try await test.device("device1", notAfter: TestGateway.now - 1)
            let client = try await test.open(credential)
            await #expect(throws: TestClient.Closed.self) { try await client.connect("device1") }
            await expectRefusal(test, .tls, "expired")
        }
    }

    @Test func noCertificate() async throws {
        try await undisturbed { test in
            let client = try await test.open(nil)
            await #expect(throws: TestClient.Closed.self) { try await client.connect("device1") }
            await expectRefusal(test, .tls, "certificate")
        }
    }

    @Test func garbageOnTheTLSPort() async throws {
        try await undisturbed { test in
            let client = try await TestClient.open(port: test.port, tls: nil, version: .v5)
            try await client.send(bytes: ByteBuffer(bytes: [0xDE, 0xAD, 0xBE, 0xEF, 0, 1, 2, 3]))
            _ = try await client.closed()
            await expectRefusal(test, .notTLS, "TLS")
        }
    }

    @Test func plainMQTTOnTheTLSPort() async throws {
        try await undisturbed { test in
            let client = try await TestClient.open(port: test.port, tls: nil, version: .v3_1_1)
            try await client.send(
                .connect(MQTTConnect(version: .v3_1_1, clientID: "x", cleanStart: true, keepAlive: 60)))
            _ = try await client.closed()
            await expectRefusal(test, .notTLS, "plain MQTT")
        }
    }

    @Test func aHandshakeThatBreaksOffInTheMiddle() async throws {
        try await undisturbed { test in
            let client = try await TestClient.open(port: test.port, tls: nil, version: .v5)
            try await client.send(bytes: ByteBuffer(bytes: [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]))
            await client.abort()
            #expect(await test.observer.wait { !$0.refusals.isEmpty })
        }
    }

    @Test("MQTT-3.1.0-1: CONNECT is first")
    func connectIsNotFirst() async throws {
        try await undisturbed { test in
            let client = try await test.open(try await test.device("device1"))
            try await client.send(.pingreq)
            _ = try await client.closed()
            await expectRefusal(test, .protocolViolation, "CONNECT")
        }
    }

    @Test("MQTT-3.1.0-2: a second CONNECT ends the connection")
    func secondConnect() async throws {
        try await undisturbed { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            try await client.send(.connect(MQTTConnect(version: .v5, clientID: "device1")))
            let (packets, _) = try await client.closed()
            #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .protocolError))])
        }
    }

    @Test func everyPacketTypeTheServerNeverGets() async throws {
        try await undisturbed { test in
            let credential = try await test.device("device1")
            for type: UInt8 in [0x00, 0x20, 0x50, 0x62, 0x70, 0x90, 0xB0, 0xD1, 0xF0] {
                let client = try await test.connect(credential, clientID: "device1")
                try await client.send(bytes: ByteBuffer(bytes: [type, 2, 0, 1]))
                let (packets, _) = try await client.closed()
                guard case .disconnect = packets.last else {
                    Issue.record("packet \(type) was not answered with DISCONNECT: \(packets)")
                    continue
                }
            }
        }
    }

    @Test func nothingBeyondTheConnectLimitIsHeldBeforeAdmission() async throws {
        try await undisturbed { test in
            let client = try await test.open(try await test.device("device1"))
            // CONNECT that announces 256 MB.
            try await client.send(bytes: ByteBuffer(bytes: [0x10, 0xFF, 0xFF, 0xFF, 0x7F]))
            _ = try await client.closed()
            await expectRefusal(test, .protocolViolation)
        }
    }

    /// Lets time pass until the peer is closed.
    func closes(_ client: TestClient, _ test: TestGateway) async throws {
        let time = Task {
            while !Task.isCancelled {
                test.clock.advance(seconds: 1)
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        defer { time.cancel() }
        _ = try await client.closed()
    }

    @Test func aPeerThatSendsNothingIsClosed() async throws {
        try await TestGateway.run { test in
            try await closes(try await TestClient.open(port: test.port, tls: nil, version: .v5), test)
            await expectRefusal(test, .timeout, "nothing arrived within 5")
        }
    }

    @Test func aHandshakeThatStallsIsClosed() async throws {
        try await TestGateway.run { test in
            let client = try await TestClient.open(port: test.port, tls: nil, version: .v5)
            try await client.send(bytes: ByteBuffer(bytes: [0x16, 3, 1, 0, 200, 1]))
            try await closes(client, test)
            await expectRefusal(test, .timeout, "handshake took longer")
        }
    }

    @Test func aClientThatSendsNoConnectIsClosed() async throws {
        try await TestGateway.run { test in
            let client = try await TestClient.open(port: test.plaintextPort, tls: nil, version: .v5)
            try await closes(client, test)
            await expectRefusal(test, .timeout, "no CONNECT within 10")
        }
    }

    @Test func randomBytesAfterConnect() async throws {
        try await undisturbed { test in
            let credential = try await test.device("device1")
            var random = SplitMix(seed: 7)
            for _ in 0..<40 {
                let client = try await test.connect(credential, clientID: "device1")
                let bytes = (0..<64).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                try await client.send(bytes: ByteBuffer(bytes: bytes))
                await client.abort()
            }
            #expect(
                await test.observer.wait { _ in
                    test.gateway.connections.map(\.clientID) == ["bystander"]
                }, "every connection has ended")
        }
    }
}

/// Seeded, so that a failure repeats.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
