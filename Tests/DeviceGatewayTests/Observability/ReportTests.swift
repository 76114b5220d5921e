import GatewayTLS
import Logging
import MQTTCodec
import NIOCore
import NIOPosix
import Synchronization
import Testing
import X509Auth

@testable import DeviceGateway

/// What observers and the log are told, and how often.
@Suite(.timeLimit(.minutes(2)))
struct ReportTests {
    /// Keeps log lines.
    final class RecordingLog: LogHandler, Sendable {
        struct Line: Sendable {
            var level: Logger.Level
            var message: String
            var metadata: [String: String]
        }

        private let recorded = Mutex<[Line]>([])

        func lines(_ message: String, level: Logger.Level = .info) -> [Line] {
            recorded.withLock { $0.filter { $0.message == message && $0.level == level } }
        }

        func log(event: LogEvent) {
            let line = Line(
                level: event.level, message: "\(event.message)",
                metadata: (event.metadata ?? [:]).mapValues { "\($0)" })
            recorded.withLock { $0.append(line) }
        }

        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .debug }
            set {}
        }
    }

    /// Runs a gateway on a single loop whose log is kept.
    func run(_ body: (TestGateway, RecordingLog) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let log = RecordingLog()
        try await TestGateway.run { test in
            let gateway = Gateway(
                configuration: test.gateway.core.configuration, registry: test.registry,
                observers: [test.observer], logger: Logger(label: "test", factory: { _ in log }),
                clock: test.clock, eventLoopGroup: group)
            let addresses = try await gateway.start()
            try await body(
                TestGateway(
                    gateway: gateway, registry: test.registry, authority: test.authority,
                    observer: test.observer, clock: test.clock, port: try #require(addresses.tls?.port),
                    plaintextPort: try #require(addresses.plaintext?.port)), log)
            await gateway.stop()
        }
        try await group.shutdownGracefully()
    }

    @Test("whoever the gateway disconnects is named at info, with the reason and a sentence")
    func disconnections() async throws {
        try await run { test, log in
            let credential = try await test.device("device1")
            func ends(
                _ reason: DisconnectReason, _ words: String,
                _ act: (TestClient) async throws -> Void
            ) async throws {
                let count = test.observer.disconnections.count
                let client = try await test.connect(credential, clientID: "device1")
                try await act(client)
                _ = try await client.closed()
                #expect(await test.observer.wait { $0.disconnections.count > count })
                let report = try #require(test.observer.disconnections.dropFirst(count).first)
                #expect(report.reason == reason)
                #expect(report.message.contains(words), "\(report.message)")
                let line = try #require(log.lines("disconnected").last)
                #expect(line.metadata["reason"] == reason.rawValue)
                #expect(line.metadata["client"] == "device1")
                #expect(line.metadata["certificate"] == String(credential.certificate.id.string.prefix(12)))
                #expect(line.metadata["detail"]?.contains(words) == true)
            }
            try await ends(.clientError, "QoS 2") {
                try await $0.send(
                    .publish(
                        MQTTPublish(
                            topic: "devices/device1/a", payload: ByteBuffer(),
                            delivery: .exactlyOnce(packetID: 1, dup: false))))
            }
            try await ends(.authError, "devices/device2/a") {
                try await $0.publishQoS0("devices/device2/a", "x")
            }
            try await ends(.keepAliveTimeout, "keep-alive") { _ in test.clock.advance(seconds: 91) }
            try await ends(.serverInitiated, "host") { _ in
                for connection in test.gateway.connections { test.gateway.disconnect(connection.id) }
            }
            try await ends(.authError, "INACTIVE") { _ in
                _ = try await test.registry.setStatus(of: credential.certificate.id, to: .inactive)
            }
            #expect(log.lines("disconnected").count == 5)
        }
    }

    @Test("clients that come and go by themselves are no news")
    func comingAndGoing() async throws {
        try await run { test, log in
            let credential = try await test.device("device1")
            let polite = try await test.connect(credential, clientID: "device1")
            #expect(try await test.leave(polite))
            let rude = try await test.connect(credential, clientID: "device1")
            #expect(await test.lose(rude))
            let check = try await test.openAnonymously()
            await check.abort()
            #expect(await test.observer.wait { $0.refusals.map(\.reason) == [.peerClosed] })
            #expect(log.lines("disconnected").isEmpty)
            #expect(log.lines("disconnected", level: .debug).count == 2)
            #expect(log.lines("refused").isEmpty)
        }
    }

    @Test(
        "a refusal within TLS names the certificate that was presented", arguments: [TLSVersion.v1_2, .v1_3])
    func refusedCertificates(version: TLSVersion) async throws {
        try await run { test, log in
            let stranger = try await test.device("stranger", registered: false)
            let client = try await test.open(stranger, tls: version...version)
            await #expect(throws: TestClient.Closed.self) { try await client.connect("stranger") }
            #expect(
                await test.observer.wait {
                    $0.refusals.contains { $0.certificate == stranger.certificate.id }
                },
                "\(test.observer.refusals)")
            #expect(
                log.lines("refused").contains {
                    $0.metadata["certificate"] == String(stranger.certificate.id.string.prefix(12))
                })
        }
    }

    @Test(
        "a flood of refused peers is reported to observers in full, and to the log within its budget, with a count"
    )
    func flood() async throws {
        try await run { test, log in
            let budget = GatewayLimits().maximumExplanationsPerSecond
            for _ in 0..<100 {
                let client = try await TestClient.open(port: test.port, tls: nil, version: .v5)
                try await client.send(bytes: ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
                _ = try await client.closed()
            }
            #expect(await test.observer.wait { $0.refusals.count == 100 })
            #expect(log.lines("refused").count == budget)
            #expect(log.lines("more refused").isEmpty, "the clock stands still")
            test.clock.advance(seconds: 1)
            #expect(await test.observer.wait { _ in !log.lines("more refused").isEmpty })
            #expect(log.lines("more refused").map { $0.metadata["count"] } == ["\(100 - budget)"])
        }
    }
}
