import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

@Suite("Pressure in both directions, and time")
struct TLSHandlerPressureTests {
    private final class Pipeline {
        let pair: ChannelPair
        let reads = ReadCounter()

        init(server limits: TLSHandlerLimits = TLSHandlerLimits()) throws {
            pair = try ChannelPair(
                server: try Contexts.server(), client: try Contexts.client(), serverLimits: limits)
            try pair.server.channel.pipeline.syncOperations.addHandler(reads, position: .first)
            try pair.connect()
        }

        func setWritable(_ isWritable: Bool) {
            pair.server.channel.isWritable = isWritable
            pair.server.channel.pipeline.fireChannelWritabilityChanged()
        }
    }

    @Test("while the peer does not take what it is sent, nothing is read from it")
    func unwritable() throws {
        let pipeline = try Pipeline()
        let server = pipeline.pair.server.channel
        server.pipeline.read()
        let before = pipeline.reads.count
        pipeline.setWritable(false)
        for _ in 0..<3 { server.pipeline.read() }
        // A burst without plaintext is no reason to read on either.
        server.pipeline.fireChannelReadComplete()
        #expect(pipeline.reads.count == before)
        pipeline.setWritable(true)
        #expect(pipeline.reads.count == before + 1)
        pipeline.setWritable(true)
        #expect(pipeline.reads.count == before + 1)
    }

    @Test("unless the protocol's peers write much before they read")
    func unwritableAllowed() throws {
        var limits = TLSHandlerLimits()
        limits.pausesReadingWhileUnwritable = false
        let pipeline = try Pipeline(server: limits)
        let before = pipeline.reads.count
        pipeline.setWritable(false)
        pipeline.pair.server.channel.pipeline.read()
        #expect(pipeline.reads.count == before + 1)
    }

    @Test("bytes are asked for when the next handler asks, except where it could not know")
    func demand() throws {
        let pipeline = try Pipeline()
        let before = pipeline.reads.count
        _ = pipeline.pair.client.write([1])
        pipeline.pair.client.channel.flush()
        let data = try #require(try pipeline.pair.client.channel.readOutbound(as: ByteBuffer.self))
        // Half a record: nobody hears of it, so the handler reads on by itself.
        pipeline.pair.server.feed(Array(data.readableBytesView.prefix(10)))
        #expect(pipeline.reads.count == before + 1)
        // The rest: the next handler has something, and decides.
        pipeline.pair.server.feed(Array(data.readableBytesView.dropFirst(10)))
        #expect(pipeline.reads.count == before + 1)
        pipeline.pair.server.channel.pipeline.read()
        #expect(pipeline.reads.count == before + 2)
    }

    @Test("much that is written without a flush reaches the channel, so that its writability tells")
    func eager() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        try pair.connect()
        final class Writes: ChannelOutboundHandler {
            typealias OutboundIn = ByteBuffer
            var bytes = 0
            func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
                bytes += unwrapOutboundIn(data).readableBytes
                context.write(data, promise: promise)
            }
        }
        let writes = Writes()
        try pair.client.channel.pipeline.syncOperations.addHandler(writes, position: .first)
        for _ in 0..<100 { _ = pair.client.write([UInt8](repeating: 3, count: 10_000)) }
        #expect(writes.bytes > 900_000)
        #expect(try pair.client.channel.readOutbound(as: ByteBuffer.self) == nil)
        pair.client.channel.flush()
        try pair.run()
        #expect(pair.server.recorder.bytes.count == 1_000_000)
    }

    @Test("the longest life: established connections are closed in order, others at once")
    func lifetime() throws {
        var limits = TLSHandlerLimits()
        limits.maximumLifetime = .seconds(10)
        let pipeline = try Pipeline(server: limits)
        let pair = pipeline.pair
        pair.loop.advanceTime(by: .milliseconds(9_999))
        #expect(pair.server.channel.isActive && pair.server.recorder.errors.isEmpty)
        pair.loop.advanceTime(by: .milliseconds(1))
        #expect(pair.server.recorder.failures.map(\.code) == [.lifetimeExceeded])
        try pair.run()
        #expect(!pair.server.channel.isActive && !pair.client.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty)

        limits.firstBytesTimeout = .hours(1)
        limits.handshakeTimeout = .hours(1)
        let silent = try ChannelPair.End(try Contexts.server(), limits, pair.loop)
        try silent.activate()
        pair.loop.advanceTime(by: .seconds(10))
        #expect(silent.recorder.failures.map(\.code) == [.lifetimeExceeded] && !silent.channel.isActive)
    }

    @Test("deadlines of many connections come due each in its time, and cost one timer")
    func manyDeadlines() throws {
        let loop = EmbeddedEventLoop()
        let context = try Contexts.server()
        var ends: [ChannelPair.End] = []
        for _ in 0..<100 {
            let end = try ChannelPair.End(context, TLSHandlerLimits(), loop)
            try end.activate()
            ends.append(end)
            loop.advanceTime(by: .milliseconds(10))
        }
        for end in ends.suffix(50) { end.channel.close(promise: nil) }
        loop.advanceTime(by: .milliseconds(4_000))
        #expect(ends.prefix(50).filter(\.channel.isActive).count == 49)
        for remaining in (0..<49).reversed() {
            loop.advanceTime(by: .milliseconds(10))
            #expect(ends.prefix(50).filter(\.channel.isActive).count == remaining)
        }
        #expect(ends.suffix(50).allSatisfy { $0.recorder.errors.isEmpty })
    }

    @Test("a connection that has ended leaves nothing that holds it")
    func released() throws {
        weak var handler: TLSHandler?
        let loop = EmbeddedEventLoop()
        try {
            let end = try ChannelPair.End(try Contexts.server(), TLSHandlerLimits(), loop)
            try end.activate()
            handler = end.handler
            end.channel.close(promise: nil)
            loop.run()
            _ = try end.channel.finish(acceptAlreadyClosed: true)
        }()
        #expect(handler == nil)
    }
}
