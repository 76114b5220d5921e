import Logging
import MQTTCodec
import NIOCore
import NIOEmbedded
import Testing
import X509Auth

@testable import DeviceGateway

/// A change that may concern every connection is carried out in turns, with room for traffic in between.
struct LoopContextRejudgingTests {
    private static let turn = LoopContext.rejudgementsPerTurn

    /// A loop that moves when it is told to, with anonymous clients.
    private struct Fixture {
        let registry: DeviceRegistry
        let clock = ManualClock(unixSeconds: TestGateway.now)
        let eventLoop = NIOAsyncTestingEventLoop()
        let context: NIOLoopBound<LoopContext>

        static let nobody = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iot:*", "Resource": "*"}]}
            """

        init() async throws {
            let registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
            try await registry.putPolicy(name: "anyone", text: TestGateway.everything)
            self.registry = registry
            let core = GatewayCore(
                configuration: GatewayConfiguration(
                    plaintext: PlaintextEndpoint(port: 0, anonymousPolicies: ["anyone"])),
                registry: registry, observers: [],
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                clock: clock)
            let eventLoop = eventLoop
            context = try await eventLoop.executeInContext {
                NIOLoopBound(LoopContext(core: core, eventLoop: eventLoop), eventLoop: eventLoop)
            }
        }

        func onLoop<Result: Sendable>(
            _ body: @escaping @Sendable (LoopContext) throws -> Result
        ) async throws -> Result {
            let context = context
            return try await eventLoop.executeInContext { try body(context.value) }
        }

        func connect(_ names: [String]) async throws {
            try await onLoop { context in
                for name in names { try Self.connect(name, context) }
            }
        }

        private static func connect(_ name: String, _ context: LoopContext) throws {
            let connection = DeviceConnection(
                id: context.core.makeConnectionID(), loop: context, transport: Wire(context),
                remoteAddress: nil, isTLS: false)
            var bytes = ByteBuffer()
            try MQTTPacket.connect(MQTTConnect(version: .v5, clientID: name, keepAlive: 60))
                .encode(into: &bytes, version: .v5)
            bytes.withUnsafeReadableBytes { connection.received($0) }
            connection.readCompleted()
        }

        /// Client identifiers of those who are connected.
        var connected: [String] {
            get async throws {
                try await onLoop { context in
                    context.connections.values.compactMap { connection in
                        guard case .connected = connection.phase else { return nil }
                        return connection.admitted?.summary.clientID
                    }.sorted()
                }
            }
        }

        func rejudge() async throws { try await onLoop { $0.rejudge(.allCertificates) } }

        func nextTurn() async { await eventLoop.advanceTime(by: .microseconds(50)) }

        func turnsUntilNobodyWaits() async throws -> Int {
            var turns = 0
            while try await onLoop({ !$0.rejudgements.isEmpty }) {
                await nextTurn()
                turns += 1
            }
            return turns
        }
    }

    /// A peer that takes whatever comes.
    private final class Wire: ConnectionTransport {
        private unowned let context: LoopContext

        init(_ context: LoopContext) { self.context = context }

        var isWritable: Bool { true }
        func flush() { context.plaintext.clear() }
        func pauseReading() {}
        func resumeReading() {}
        func finish() {}
        func abort() {}
    }

    private static func names(_ range: Range<Int>) -> [String] { range.map { "client-\($0)" } }

    @Test(
        "as many connections are judged in one go as a turn has, and traffic of the others goes on before the next"
    )
    func oneTurnAtATime() async throws {
        let fixture = try await Fixture()
        try await fixture.connect(Self.names(0..<(3 * Self.turn + 5)))
        try await fixture.registry.putPolicy(name: "anyone", text: Fixture.nobody)
        try await fixture.rejudge()
        for turn in 1...3 {
            #expect(try await fixture.connected.count == (3 - turn) * Self.turn + 5)
            await fixture.nextTurn()
        }
        #expect(try await fixture.connected == [])
        #expect(try await fixture.onLoop { $0.rejudgements.isEmpty })
    }

    @Test(
        "a change on the way: those that wait are judged by the newest registry, and those judged before once more"
    )
    func aSecondChange() async throws {
        let fixture = try await Fixture()
        let names = Self.names(0..<(2 * Self.turn))
        try await fixture.connect(names)
        // The first change ends nobody.
        try await fixture.rejudge()
        #expect(try await fixture.connected == names.sorted())
        try await fixture.registry.putPolicy(name: "anyone", text: Fixture.nobody)
        try await fixture.rejudge()
        // No turn more than was due: it is not the change's to add turns to a tick.
        #expect(try await fixture.connected.count == 2 * Self.turn)
        #expect(try await fixture.turnsUntilNobodyWaits() == 3)
        #expect(try await fixture.connected == [])
    }

    @Test("who speaks before his turn is judged first")
    func speakingBeforeTheTurn() async throws {
        let fixture = try await Fixture()
        try await fixture.connect(Self.names(0..<(2 * Self.turn)))
        try await fixture.registry.putPolicy(name: "anyone", text: Fixture.nobody)
        try await fixture.rejudge()
        try await fixture.onLoop { context in
            let speaker = try #require(
                context.connections.values.first { if case .connected = $0.phase { true } else { false } })
            [UInt8]([0xC0, 0]).withUnsafeBytes { speaker.received($0) }
            #expect(speaker.isOver)
        }
        #expect(try await fixture.connected.count == Self.turn - 1)
    }

    @Test("a change that is taken back on the way ends only those whose turn came in between")
    func takenBack() async throws {
        let fixture = try await Fixture()
        try await fixture.connect(Self.names(0..<(2 * Self.turn)))
        try await fixture.registry.putPolicy(name: "anyone", text: Fixture.nobody)
        try await fixture.rejudge()
        try await fixture.registry.putPolicy(name: "anyone", text: TestGateway.everything)
        try await fixture.rejudge()
        _ = try await fixture.turnsUntilNobodyWaits()
        #expect(try await fixture.connected.count == Self.turn)
    }

    @Test("a revocation list's time may be up before the loop has looked at its clock once")
    func aDeadlineBeforeTheFirstTick() async throws {
        let fixture = try await Fixture()
        let fleet = try TestAuthority("Fleet", notBefore: TestGateway.now - 1_000)
        try await fixture.registry.registerAuthority(
            certificate: fleet.certificate, autoRegistration: nil, revocationMode: .hard, now: TestGateway.now
        )
        try await fixture.registry.loadRevocationList(
            try fleet.list(1, since: TestGateway.now - 10, until: TestGateway.now + 50))
        try await fixture.connect(["one"])
        try await fixture.registry.putPolicy(name: "anyone", text: Fixture.nobody)
        fixture.clock.advance(seconds: 51)
        try await fixture.onLoop { $0.tick() }
        #expect(try await fixture.connected == [])
    }

    @Test(
        "who comes between the turns is judged at CONNECT, and by a change after that again; who leaves is passed over"
    )
    func comingAndGoing() async throws {
        let fixture = try await Fixture()
        try await fixture.connect(Self.names(0..<(3 * Self.turn)))
        try await fixture.registry.putPolicy(name: "anyone", text: Fixture.nobody)
        try await fixture.rejudge()
        try await fixture.connect(["late"])
        #expect(try await !fixture.connected.contains("late"))

        try await fixture.registry.putPolicy(name: "anyone", text: TestGateway.everything)
        try await fixture.connect(["later"])
        let leaving = try #require(try await fixture.connected.first { $0 != "later" })
        try await fixture.onLoop { context in
            for connection in context.connections.values
            where connection.admitted?.summary.clientID == leaving {
                connection.transportClosed("gone")
            }
        }
        _ = try await fixture.turnsUntilNobodyWaits()
        #expect(try await fixture.connected.contains("later"))

        try await fixture.registry.putPolicy(name: "anyone", text: Fixture.nobody)
        try await fixture.rejudge()
        _ = try await fixture.turnsUntilNobodyWaits()
        #expect(try await fixture.connected == [])
    }
}
