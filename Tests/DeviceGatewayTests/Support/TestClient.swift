import GatewayTLS
import MQTTCodec
import NIOCore
import NIOPosix

/// A small MQTT client that says exactly what a test tells it to.
final class TestClient: Sendable {
    /// What reached the client.
    enum Event: Sendable {
        case packet(MQTTPacket)
        /// The connection ended; over TLS with what the engine said.
        case closed(TLSError?)
    }

    struct Closed: Error {
        var error: TLSError?
    }

    struct TimedOut: Error {}

    private let channel: any Channel
    private let handler: NIOLoopBound<ClientHandler>
    private let version: MQTTVersion
    private let events: EventQueue

    private init(
        channel: any Channel, handler: NIOLoopBound<ClientHandler>, version: MQTTVersion, events: EventQueue
    ) {
        self.channel = channel
        self.handler = handler
        self.version = version
        self.events = events
    }

    /// Opens a connection.
    ///
    /// - Parameter proxyHeader: what a proxy sends before anything else.
    static func open(
        port: Int, tls: TLSContext?, version: MQTTVersion, proxyHeader: String = ""
    ) async throws -> TestClient {
        let events = EventQueue()
        let (channel, handler) = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ClientHandler(
                        engine: try tls.map { try TLSEngine(context: $0) }, version: version, events: events,
                        proxyHeader: proxyHeader)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return (channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
                }
            }
        return TestClient(channel: channel, handler: handler, version: version, events: events)
    }

    // MARK: Sending

    func send(_ packets: MQTTPacket...) async throws {
        var buffer = ByteBuffer()
        for packet in packets { try packet.encode(into: &buffer, version: version) }
        try await send(bytes: buffer)
    }

    func send(bytes: ByteBuffer) async throws {
        let handler = self.handler
        try await channel.eventLoop.submit { handler.value.send(bytes) }.get()
    }

    /// Closes the socket without DISCONNECT.
    func abort() async {
        try? await channel.close().get()
    }

    // MARK: Conversations

    @discardableResult
    func connect(
        _ clientID: String, cleanStart: Bool = true, keepAlive: UInt16 = 60, will: MQTTWill? = nil,
        properties: MQTTProperties = MQTTProperties(), password: ByteBuffer? = nil
    ) async throws -> MQTTConnack {
        try await send(
            .connect(
                MQTTConnect(
                    version: version, clientID: clientID, cleanStart: cleanStart, keepAlive: keepAlive,
                    will: will, userName: password == nil ? nil : "someone", password: password,
                    properties: properties)))
        guard case .connack(let connack) = try await packet() else { throw TimedOut() }
        return connack
    }

    func subscribe(_ filters: String..., qos: MQTTQoS = .atLeastOnce) async throws -> [MQTTReasonCode] {
        try await send(
            .subscribe(
                MQTTSubscribe(
                    packetID: 1, subscriptions: filters.map { MQTTSubscription(filter: $0, qos: qos) })))
        guard case .suback(let suback) = try await packet() else { throw TimedOut() }
        return suback.reasonCodes
    }

    /// Publishes at QoS 1 and returns the reason code of the PUBACK.
    func publish(_ topic: String, _ text: String, retain: Bool = false, packetID: UInt16 = 7) async throws
        -> MQTTReasonCode
    {
        try await send(
            .publish(
                MQTTPublish(
                    topic: topic, payload: ByteBuffer(string: text),
                    delivery: .atLeastOnce(packetID: packetID, dup: false), retain: retain)))
        guard case .puback(let puback) = try await packet() else { throw TimedOut() }
        return puback.reasonCode
    }

    func publishQoS0(_ topic: String, _ text: String) async throws {
        try await send(.publish(MQTTPublish(topic: topic, payload: ByteBuffer(string: text))))
    }

    /// The next packet; throws when the connection ends or nothing comes for ten seconds.
    func packet() async throws -> MQTTPacket {
        switch try await event() {
        case .packet(let packet): return packet
        case .closed(let error): throw Closed(error: error)
        }
    }

    /// The next message, acknowledged if it has an identifier.
    func message() async throws -> MQTTPublish {
        guard case .publish(let publish) = try await packet() else { throw TimedOut() }
        if case .atLeastOnce(let packetID, _) = publish.delivery {
            try await send(.puback(MQTTAcknowledgement(packetID: packetID, reasonCode: .success)))
        }
        return publish
    }

    func event() async throws -> Event {
        guard let event = await events.next(within: .seconds(10)) else { throw TimedOut() }
        return event
    }

    /// Waits for the end; returns the packets that came before it.
    func closed() async throws -> (packets: [MQTTPacket], error: TLSError?) {
        var packets: [MQTTPacket] = []
        while true {
            switch try await event() {
            case .packet(let packet): packets.append(packet)
            case .closed(let error): return (packets, error)
            }
        }
    }
}

/// Events in order, with a deadline for whoever waits.
actor EventQueue {
    private var events: [TestClient.Event] = []
    private var waiters: [(id: Int, continuation: CheckedContinuation<TestClient.Event?, Never>)] = []
    private var nextID = 0

    func append(_ event: TestClient.Event) {
        if waiters.isEmpty {
            events.append(event)
        } else {
            waiters.removeFirst().continuation.resume(returning: event)
        }
    }

    func next(within duration: Duration) async -> TestClient.Event? {
        if !events.isEmpty { return events.removeFirst() }
        nextID += 1
        let id = nextID
        return await withCheckedContinuation { continuation in
            waiters.append((id, continuation))
            Task {
                try? await Task.sleep(for: duration)
                self.expire(id)
            }
        }
    }

    private func expire(_ id: Int) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(returning: nil)
    }
}

/// TLS and MQTT on the client's side.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let engine: TLSEngine?
    private let proxyHeader: String
    private let scratch = TLSScratch()
    private var decoder: MQTTDecoder
    private var tail = ByteBuffer()
    private var waiting = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var error: TLSError?
    private var isClosed = false
    private let stream: AsyncStream<TestClient.Event>.Continuation

    init(engine: TLSEngine?, version: MQTTVersion, events: EventQueue, proxyHeader: String) {
        self.engine = engine
        self.proxyHeader = proxyHeader
        decoder = MQTTDecoder(role: .client, version: version)
        let (stream, continuation) = AsyncStream.makeStream(of: TestClient.Event.self)
        self.stream = continuation
        Task { for await event in stream { await events.append(event) } }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        var output = ByteBuffer(string: proxyHeader)
        guard let engine else {
            if !proxyHeader.isEmpty { context.writeAndFlush(wrapOutboundOut(output), promise: nil) }
            return
        }
        do { try engine.start(scratch: scratch, output: &output) } catch { self.error = error }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }

    func send(_ bytes: ByteBuffer) {
        guard let context else { return }
        guard let engine else { return context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
        guard case .established = engine.state else {
            waiting.writeImmutableBuffer(bytes)
            return
        }
        var output = ByteBuffer()
        bytes.withUnsafeReadableBytes { try? engine.send($0, output: &output) }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        guard let engine else { return received(buffer) }
        var output = ByteBuffer()
        var plaintext = ByteBuffer()
        do throws(TLSError) {
            try buffer.withUnsafeReadableBytes { bytes throws(TLSError) in
                try engine.receive(bytes, scratch: scratch, output: &output) {
                    plaintext.writeBytes($0)
                    return .continue
                }
            }
        } catch {
            self.error = error
        }
        if output.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(output), promise: nil) }
        received(plaintext)
        if error != nil || engine.peerClosed { return close(context) }
        if case .established = engine.state, waiting.readableBytes > 0 {
            let bytes = waiting
            waiting.clear()
            send(bytes)
        }
    }

    private func received(_ buffer: ByteBuffer) {
        tail.writeImmutableBuffer(buffer)
        while let packet = try? decoder.decode(&tail) { stream.yield(.packet(packet)) }
    }

    private func close(_ context: ChannelHandlerContext) {
        guard !isClosed else { return }
        isClosed = true
        stream.yield(.closed(error))
        stream.finish()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        close(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(context)
    }
}
