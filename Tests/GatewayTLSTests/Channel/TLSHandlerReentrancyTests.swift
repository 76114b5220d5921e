import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

/// Handlers and promises that act from inside what the ``TLSHandler`` does.
@Suite("Handlers that act from inside a call")
struct TLSHandlerReentrancyTests {
    /// Tells of a change in writability at every write, as a channel does at its water marks.
    private final class Pressure: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            context.write(data, promise: promise)
            context.fireChannelWritabilityChanged()
        }
    }

    /// Acts once when the writability changes.
    private final class Reaction: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var act: ((ChannelHandlerContext) -> Void)?

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            let act = self.act
            self.act = nil
            act?(context)
        }
    }

    private func connected(
        _ act: @escaping (ChannelHandlerContext) -> Void
    ) throws -> ChannelPair {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        try pair.connect()
        let reaction = Reaction()
        reaction.act = act
        try pair.client.channel.pipeline.syncOperations.addHandler(Pressure(), position: .first)
        try pair.client.channel.pipeline.syncOperations.addHandler(reaction)
        return pair
    }

    private static let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }

    @Test("what is written in the middle of a large write comes behind it", arguments: [true, false])
    func writing(_ isFlushed: Bool) throws {
        let pair = try connected { context in
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: [1, 2, 3])), promise: nil)
        }
        let written = pair.client.write(Self.message)
        if isFlushed { pair.client.channel.flush() }
        try pair.run()
        try written.wait()
        // Not `==`, which would look for all the differences.
        #expect(pair.server.recorder.bytes.elementsEqual(Self.message + [1, 2, 3]))
        #expect(pair.server.recorder.errors.isEmpty)
    }

    @Test(
        "closing in the middle of a large write: the peer sees an orderly end, the promise a failure",
        arguments: [CloseMode.all, .output])
    func closing(_ mode: CloseMode) throws {
        let pair = try connected { context in context.close(mode: mode, promise: nil) }
        let written = pair.client.write(Self.message)
        pair.client.channel.flush()
        try pair.run()
        #expect(throws: ChannelError.self) { try written.wait() }
        #expect(
            pair.server.recorder.bytes.elementsEqual(Self.message.prefix(pair.server.recorder.bytes.count)))
        #expect(pair.server.recorder.errors.isEmpty && pair.client.recorder.errors.isEmpty)
        #expect(!pair.server.channel.isActive && !pair.client.channel.isActive)
    }

    /// What may be done from inside an event.
    enum Act: CaseIterable {
        case close, closeOutput, writeAndClose

        func callAsFunction(_ context: ChannelHandlerContext) {
            switch self {
            case .close: context.close(promise: nil)
            case .closeOutput: context.close(mode: .output, promise: nil)
            case .writeAndClose:
                context.writeAndFlush(NIOAny(ByteBuffer(bytes: [7])), promise: nil)
                context.close(promise: nil)
            }
        }
    }

    @Test(
        "whatever is done about the end of the handshake, nothing is delivered after a close",
        arguments: Act.allCases)
    func atHandshake(_ act: Act) throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        pair.client.recorder.onHandshake = { context in
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: [1])), promise: nil)
        }
        pair.server.recorder.onHandshake = { act($0) }
        try pair.connect()
        #expect(pair.server.recorder.evidence.count == 1)
        #expect(pair.server.recorder.bytes == (act == .closeOutput ? [1] : []))
        #expect(pair.client.recorder.bytes == (act == .writeAndClose ? [7] : []))
        #expect(pair.server.recorder.errors.isEmpty)
        if act != .closeOutput { #expect(!pair.server.channel.isActive) }
    }

    @Test(
        "whatever is done about a read, with the peer's close_notify right behind it", arguments: Act.allCases
    )
    func atRead(_ act: Act) throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        try pair.connect()
        pair.server.recorder.onRead = { act($0) }
        _ = pair.client.write([1])
        pair.client.channel.flush()
        pair.client.channel.close(promise: nil)
        var bytes: [UInt8] = []
        while let data = try pair.client.channel.readOutbound(as: ByteBuffer.self) {
            bytes += data.readableBytesView
        }
        pair.server.feed(bytes)
        try pair.run()
        #expect(pair.server.recorder.bytes == [1])
        // Nobody waits for an answer who has closed.
        #expect(pair.client.recorder.bytes.isEmpty)
        #expect(pair.server.recorder.errors.isEmpty)
        #expect(!pair.server.channel.isActive && !pair.client.channel.isActive)
    }

    @Test("a failed write that leads to another one ends")
    func writingAtFailure() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        let channel = pair.client.channel
        let again = pair.client.write([1]).flatMapError { _ in
            channel.writeAndFlush(ByteBuffer(bytes: [2]))
        }
        try pair.client.activate()
        channel.pipeline.fireChannelInactive()
        #expect(throws: ChannelError.self) { try again.wait() }
    }
}
