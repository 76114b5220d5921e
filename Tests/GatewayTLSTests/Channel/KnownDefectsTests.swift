import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

/// What went wrong in other TLS handlers, by the number of the issue there (swift-nio-ssl's unless said
/// otherwise).
@Suite("Defects known from others", .timeLimit(.minutes(1)))
struct KnownDefectsTests {
    private func connected(
        server limits: TLSHandlerLimits = TLSHandlerLimits(), version: TLSVersion = .v1_3
    ) throws -> ChannelPair {
        let pair = try ChannelPair(
            server: try Contexts.server(), client: try Contexts.client(versions: version...version),
            serverLimits: limits)
        try pair.connect()
        return pair
    }

    @Test("#88: a close from inside a read that is fired while closing", arguments: [TLSVersion.v1_2, .v1_3])
    func reentrantClose(_ version: TLSVersion) throws {
        let pair = try connected(version: version)
        var depth = 0
        pair.server.recorder.onRead = { context in
            depth += 1
            context.close(promise: nil)
            context.channel.pipeline.fireChannelRead(ByteBuffer())
            context.close(mode: .output, promise: nil)
            context.close(promise: nil)
        }
        // Data and close_notify in one segment.
        _ = pair.client.write([1])
        pair.client.channel.flush()
        pair.client.channel.close(promise: nil)
        var segment: [UInt8] = []
        while let bytes = try pair.client.channel.readOutbound(as: ByteBuffer.self) {
            segment += bytes.readableBytesView
        }
        pair.server.feed(segment)
        try pair.run()
        #expect(depth == 1 && pair.server.recorder.bytes == [1])
        #expect(!pair.server.channel.isActive && !pair.client.channel.isActive)
        #expect(pair.server.recorder.errors.isEmpty && pair.client.recorder.errors.isEmpty)
    }

    @Test("#96: a close whose close_notify is never answered ends in time")
    func unansweredClose() throws {
        let pair = try connected()
        let closed = pair.client.channel.close()
        pair.loop.advanceTime(by: .milliseconds(4_999))
        #expect(pair.client.channel.isActive)
        pair.loop.advanceTime(by: .milliseconds(1))
        try closed.wait()
        #expect(!pair.client.channel.isActive)
        #expect(pair.client.recorder.failures.map(\.code) == [.closeTimedOut])
    }

    @Test("#96: dribbled data does not move that deadline")
    func dribbledClose() throws {
        let pair = try connected()
        pair.client.channel.close(promise: nil)
        for _ in 0..<49 {
            pair.loop.advanceTime(by: .milliseconds(100))
            _ = pair.server.write([7])
            pair.server.channel.flush()
            while let bytes = try pair.server.channel.readOutbound(as: ByteBuffer.self) {
                pair.client.feed(Array(bytes.readableBytesView))
            }
        }
        #expect(pair.client.channel.isActive)
        pair.loop.advanceTime(by: .milliseconds(100))
        #expect(!pair.client.channel.isActive && pair.client.recorder.bytes.isEmpty)
    }

    @Test(
        "#179, #198: data in flight behind our close_notify is no error", arguments: [TLSVersion.v1_2, .v1_3])
    func dataAfterClose(_ version: TLSVersion) throws {
        let pair = try connected(version: version)
        let closed = pair.server.channel.close()
        for _ in 0..<10 {
            _ = pair.client.write([UInt8](repeating: 1, count: 20_000))
            pair.client.channel.flush()
        }
        try pair.run()
        try closed.wait()
        #expect(pair.server.recorder.errors.isEmpty && pair.server.recorder.bytes.isEmpty)
    }

    @Test("#253: the transport's end in a handshake is a failed handshake, at every step of it")
    func endInHandshake() throws {
        for steps in 0...3 {
            let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
            try pair.server.activate()
            try pair.client.activate()
            for _ in 0..<steps {
                while let bytes = try pair.client.channel.readOutbound(as: ByteBuffer.self) {
                    pair.server.feed(Array(bytes.readableBytesView))
                }
            }
            if pair.server.handler.evidence != nil { break }
            pair.server.channel.pipeline.fireChannelInactive()
            // Before its first byte there was no handshake.
            #expect(pair.server.recorder.failures.map(\.code) == (steps == 0 ? [] : [.handshakeInterrupted]))
        }
    }

    @Test("#362, #379: flushes before the handshake lose nothing, and nothing goes early")
    func flushesAroundTheHandshake() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        pair.server.recorder.onHandshake = { context in
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: [8])), promise: nil)
        }
        _ = pair.client.write([1])
        pair.client.channel.flush()
        pair.client.channel.flush()
        _ = pair.client.write([2])
        try pair.server.activate()
        try pair.client.activate()
        let hello = try #require(try pair.client.channel.readOutbound(as: ByteBuffer.self))
        #expect(hello.getInteger(at: hello.readerIndex) == UInt8(0x16))
        #expect(try pair.client.channel.readOutbound(as: ByteBuffer.self) == nil)
        pair.server.feed(Array(hello.readableBytesView))
        try pair.run()
        #expect(pair.server.recorder.bytes == [1] && pair.client.recorder.bytes == [8])
        pair.client.channel.flush()
        try pair.run()
        #expect(pair.server.recorder.bytes == [1, 2])
    }

    /// Takes ciphertext and forgets it; closes when it has had enough.
    private final class Sink: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var count = 0
        var largest = 0
        var enough = Int.max

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let bytes = unwrapOutboundIn(data).readableBytes
            count += bytes
            largest = max(largest, bytes)
            guard count >= enough else {
                promise?.succeed(())
                return
            }
            promise?.fail(ChannelError.ioOnClosedChannel)
            enough = .max
            context.close(promise: nil)
        }
    }

    @Test("#384, #385: one write of more than 2 GiB leaves in bounded pieces, and ends with its channel")
    func hugeWrite() throws {
        let pair = try connected()
        let sink = Sink()
        sink.enough = 1 << 25
        try pair.client.channel.pipeline.syncOperations.addHandler(sink, position: .first)
        // Memory that was never written to costs none.
        var huge = ByteBufferAllocator().buffer(capacity: 1 << 31 + 1_000)
        huge.moveWriterIndex(to: 1 << 31 + 1_000)
        let written = pair.client.channel.writeAndFlush(huge)
        #expect(throws: (any Error).self) { try written.wait() }
        #expect(sink.count < 1 << 26)
        #expect(sink.largest < 1 << 22)
        #expect(!pair.client.channel.isActive)
    }

    @Test("#384, #385: a write that the engine does not take fails, and the loop ends")
    func writeWithoutProgress() throws {
        let pair = try connected()
        var output = ByteBuffer()
        // The engine is closed behind the handler's back.
        pair.client.handler.engine?.closeOutput(output: &output)
        let written = pair.client.channel.writeAndFlush(ByteBuffer(bytes: [1]))
        #expect(throws: TLSError.self) { try written.wait() }
        #expect(!pair.client.channel.isActive)
    }

    @Test("#443: memory for output that grew once is not kept")
    func outputIsNotKept() throws {
        let pair = try connected()
        _ = pair.client.write([UInt8](repeating: 1, count: 3_000_000))
        #expect(pair.client.handler.writes == nil)
        pair.client.channel.flush()
        try pair.run()
        #expect(pair.client.handler.writes == nil && pair.client.handler.waitingBytes == nil)
        #expect(pair.server.recorder.bytes.count == 3_000_000)
    }

    @Test("#470: inactive before active: nothing spins, nothing starts")
    func inactiveBeforeActive() throws {
        for context in [try Contexts.server(), try Contexts.client()] {
            let loop = EmbeddedEventLoop()
            let end = try ChannelPair.End(context, TLSHandlerLimits(), loop)
            end.channel.pipeline.fireChannelInactive()
            end.channel.pipeline.fireChannelActive()
            end.channel.pipeline.fireChannelReadComplete()
            loop.advanceTime(by: .hours(1))
            #expect(end.recorder.errors.isEmpty && end.recorder.evidence.isEmpty)
            #expect(try end.channel.readOutbound(as: ByteBuffer.self) == nil)
        }
    }

    @Test("#470: closed from inside its own activation, the order of events stays right")
    func closedWhileActivating() throws {
        var limits = TLSListenerLimits()
        limits.accept.maximumConnections = 0
        let loop = EmbeddedEventLoop()
        let listener = TLSListenerLoop(
            eventLoop: loop, limits: limits, gate: SharedAcceptGate(limits: limits.accept), proxy: nil)
        let end = try ChannelPair.End(
            try Contexts.server(), TLSHandlerLimits(), loop, listener: listener)
        final class Order: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            var events: [String] = []
            func channelActive(context: ChannelHandlerContext) { events.append("active") }
            func channelInactive(context: ChannelHandlerContext) { events.append("inactive") }
            func errorCaught(context: ChannelHandlerContext, error: any Error) { events.append("error") }
        }
        let order = Order()
        try end.channel.pipeline.syncOperations.addHandler(order, position: .after(end.handler))
        try end.activate()
        loop.run()
        #expect(order.events == ["active", "error", "inactive"])
    }

    @Test("#590: an optional certificate that is not sent", arguments: [TLSVersion.v1_2, .v1_3])
    func optionalCertificate(_ version: TLSVersion) throws {
        let pair = try ChannelPair(
            server: try Contexts.server(mode: .optional),
            client: try Contexts.client(versions: version...version))
        try pair.connect()
        #expect(pair.server.handler.evidence != nil && pair.server.handler.evidence?.peer == nil)
    }

    @Test("hummingbird #503: a stalled handshake does not hold up a shutdown, wherever it stalls")
    func stalledHandshakeAndShutdown() throws {
        let hello = try {
            let client = try ChannelPair.End(try Contexts.client(), TLSHandlerLimits(), EmbeddedEventLoop())
            try client.activate()
            return try #require(try client.channel.readOutbound(as: ByteBuffer.self))
        }()
        for count in [0, 3, 100, hello.readableBytes] {
            let loop = EmbeddedEventLoop()
            let listener = TLSListenerLoop(
                eventLoop: loop, limits: TLSListenerLimits(), gate: SharedAcceptGate(), proxy: nil)
            let end = try ChannelPair.End(try Contexts.server(), TLSHandlerLimits(), loop, listener: listener)
            try end.activate()
            if count > 0 { end.feed(Array(hello.readableBytesView.prefix(count))) }
            loop.run()
            #expect(listener.queue.count == 1)
            listener.closeHalfOpen()
            #expect(!end.channel.isActive && listener.queue.count == 0)
            #expect(listener.gate.connectionCount == 0)
            #expect(end.recorder.errors.isEmpty)
        }
    }

    @Test("a flood of key updates ends the connection, not the server (OpenSSL has no cap of its own)")
    func keyUpdates() throws {
        let pair = try connected()
        var output = ByteBuffer()
        let engine = try #require(pair.client.handler.engine)
        var sent = 0
        while pair.server.channel.isActive, sent < 1_000 {
            output.clear()
            try engine.updateKeys(request: true, output: &output)
            pair.server.feed(Array(output.readableBytesView))
            sent += 1
        }
        #expect(sent <= 40)
        #expect(pair.server.recorder.failures.count == 1)
        var replies = 0
        while let bytes = try pair.server.channel.readOutbound(as: ByteBuffer.self) {
            replies += bytes.readableBytes
        }
        #expect(replies < 4_096)
    }
}
