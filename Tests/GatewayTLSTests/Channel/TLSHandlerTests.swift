import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

@Suite("The handler in a pipeline")
struct TLSHandlerTests {
    private func connected(
        serverLimits: TLSHandlerLimits = TLSHandlerLimits(),
        clientLimits: TLSHandlerLimits = TLSHandlerLimits(),
        version: TLSVersion = .v1_3
    ) throws -> ChannelPair {
        let pair = try ChannelPair(
            server: try Contexts.server(protocols: ["mqtt"]),
            client: try Contexts.client(versions: version...version, protocols: ["mqtt"]),
            serverLimits: serverLimits, clientLimits: clientLimits)
        try pair.connect()
        return pair
    }

    @Test("shakes hands, tells so once, and carries data", arguments: [TLSVersion.v1_2, .v1_3])
    func basics(_ version: TLSVersion) throws {
        let pair = try connected(version: version)
        for end in [pair.client, pair.server] {
            #expect(end.recorder.evidence.count == 1)
            #expect(end.recorder.evidence.first == end.handler.evidence)
            #expect(end.handler.evidence?.version == version)
            #expect(end.recorder.negotiated == ["mqtt"])
        }
        let sent = pair.client.write([1, 2])
        #expect(try pair.client.channel.readOutbound(as: ByteBuffer.self) == nil)
        pair.client.channel.flush()
        try pair.run()
        try sent.wait()
        #expect(pair.server.recorder.bytes == [1, 2])
        #expect(pair.server.recorder.errors.isEmpty)
    }

    @Test("writes before the handshake: flushed ones go out after it in order, others wait for their flush")
    func earlyWrites() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        let first = pair.client.write([1])
        let second = pair.client.write([2])
        pair.client.channel.flush()
        let third = pair.client.write([3])
        try pair.connect()
        try first.wait()
        try second.wait()
        #expect(pair.server.recorder.bytes == [1, 2])
        pair.client.channel.flush()
        try pair.run()
        try third.wait()
        #expect(pair.server.recorder.bytes == [1, 2, 3])
    }

    @Test("plaintext that a handler keeps is its own, however large", arguments: [100, 16_384, 60_000])
    func keptPlaintext(_ size: Int) throws {
        let pair = try connected()
        let keeper = Keeper()
        try pair.server.channel.pipeline.syncOperations.addHandler(
            keeper, position: .after(pair.server.handler))
        for byte in UInt8(1)...3 {
            _ = pair.client.write([UInt8](repeating: byte, count: size))
            pair.client.channel.flush()
            try pair.run()
        }
        #expect(keeper.kept.flatMap { Array($0.readableBytesView) } == pair.server.recorder.bytes)
        #expect(pair.server.recorder.bytes == [1, 2, 3].flatMap { [UInt8](repeating: $0, count: size) })
    }

    private final class Keeper: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var kept: [ByteBuffer] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            kept.append(unwrapInboundIn(data))
            context.fireChannelRead(data)
        }
    }

    @Test("writes before the handshake are bounded")
    func boundedWrites() throws {
        var limits = TLSHandlerLimits()
        limits.maximumBufferedWrites = 10
        let pair = try ChannelPair(
            server: try Contexts.server(), client: try Contexts.client(), clientLimits: limits)
        _ = pair.client.write([UInt8](repeating: 0, count: 10))
        let error = #expect(throws: TLSError.self) { try pair.client.write([0]).wait() }
        #expect(error?.code == .limitExceeded)
    }

    @Test("many small flushed writes become one record; their promises all succeed")
    func coalescing() throws {
        let pair = try connected()
        let futures = (0..<100).map { pair.client.write([UInt8($0)]) }
        pair.client.channel.flush()
        let ciphertext = try #require(try pair.client.channel.readOutbound(as: ByteBuffer.self))
        #expect(ciphertext.readableBytes == 100 + 22)
        #expect(try pair.client.channel.readOutbound(as: ByteBuffer.self) == nil)
        for future in futures { try future.wait() }
        pair.server.feed(Array(ciphertext.readableBytesView))
        #expect(pair.server.recorder.bytes == Array(0..<100))
    }

    @Test("a large write leaves in several buffers, and its promise with the last")
    func largeWrite() throws {
        let pair = try connected()
        let message = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }
        let future = pair.client.write(message)
        pair.client.channel.flush()
        try pair.run()
        try future.wait()
        #expect(pair.server.recorder.bytes == message)
    }

    @Test("writes that fail: before activation and closed, after close")
    func failedWrites() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        let early = pair.client.write([1])
        pair.client.channel.close(promise: nil)
        pair.loop.run()
        #expect(throws: ChannelError.self) { try early.wait() }
        #expect(throws: (any Error).self) { try pair.client.write([2]).wait() }
    }

    @Test("a handshake that fails: both sides are told, and closed")
    func failedHandshake() throws {
        let pair = try ChannelPair(
            server: try Contexts.server(mode: .required),
            client: try Contexts.client(versions: .v1_2 ... .v1_2))
        let lost = pair.client.write([1])
        pair.client.channel.flush()
        try pair.connect()
        #expect(pair.server.recorder.failures.map(\.code) == [.noCertificate])
        #expect(pair.client.recorder.failures.map(\.code) == [.alertReceived])
        #expect(!pair.server.channel.isActive && !pair.client.channel.isActive)
        #expect(throws: TLSError.self) { try lost.wait() }
    }

    @Test(
        "what is not TLS is closed at once, with a reason and without an answer",
        arguments: [
            (Array("GET / HTTP/1.1\r\n".utf8), "HTTP"), ([0x10, 12, 0, 4, 0x4d, 0x51], "MQTT"),
            ([1, 2, 3], "not TLS"),
        ] as [([UInt8], String)])
    func plainProtocols(_ bytes: [UInt8], _ word: String) throws {
        let end = try ChannelPair(server: try Contexts.server(), client: try Contexts.client()).server
        try end.activate()
        end.feed(bytes)
        #expect(end.recorder.failures.map(\.code) == [.notTLS])
        #expect(end.recorder.failures.first?.message.contains(word) == true)
        #expect(!end.channel.isActive)
        #expect(try end.channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test("a silent client is closed after the first deadline, a dribbling one after the second")
    func deadlines() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        let silent = pair.server
        try silent.activate()
        pair.loop.advanceTime(by: .milliseconds(4999))
        #expect(silent.channel.isActive)
        pair.loop.advanceTime(by: .milliseconds(1))
        #expect(silent.recorder.failures.map(\.code) == [.handshakeTimedOut])
        #expect(!silent.channel.isActive)

        try pair.client.activate()
        let hello = try #require(try pair.client.channel.readOutbound(as: ByteBuffer.self))
        let dribbling = try ChannelPair.End(try Contexts.server(), TLSHandlerLimits(), pair.loop)
        try dribbling.activate()
        for (index, byte) in hello.readableBytesView.enumerated() {
            dribbling.feed([byte])
            pair.loop.advanceTime(by: .milliseconds(index < 6 ? 100 : 200))
            if !dribbling.channel.isActive { break }
        }
        #expect(dribbling.recorder.failures.map(\.code) == [.handshakeTimedOut])
    }

    @Test("a handshake in time is not disturbed by its deadlines later")
    func deadlinesAreCancelled() throws {
        let pair = try connected()
        pair.loop.advanceTime(by: .hours(1))
        #expect(pair.server.channel.isActive && pair.client.channel.isActive)
    }

    @Test("close waits for the peer's close_notify", arguments: [TLSVersion.v1_2, .v1_3])
    func orderlyClose(_ version: TLSVersion) throws {
        let pair = try connected(version: version)
        let closed = pair.client.channel.close()
        let again = pair.client.channel.close()
        #expect(pair.client.channel.isActive)
        try pair.run()
        try closed.wait()
        try again.wait()
        #expect(!pair.client.channel.isActive && !pair.server.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }

    @Test("close does not wait for ever, nor does an end of the transport make it fail")
    func closeDeadline() throws {
        let pair = try connected()
        let closed = pair.client.channel.close()
        pair.loop.advanceTime(by: .seconds(5))
        try closed.wait()
        #expect(pair.client.recorder.failures.map(\.code) == [.closeTimedOut])

        let other = try connected()
        let ended = other.client.channel.close()
        other.client.channel.pipeline.fireChannelInactive()
        try ended.wait()
        #expect(other.client.recorder.errors.isEmpty)
    }

    @Test("data in flight while we close is dropped, not an error")
    func inFlight() throws {
        let pair = try connected()
        _ = pair.client.write([1, 2, 3])
        pair.client.channel.flush()
        pair.server.channel.close(promise: nil)
        try pair.run()
        #expect(pair.server.recorder.bytes.isEmpty && pair.server.recorder.errors.isEmpty)
        #expect(!pair.server.channel.isActive)
    }

    @Test("half-closed: the peer reads on")
    func halfClose() throws {
        var limits = TLSHandlerLimits()
        limits.allowsHalfClosure = true
        let pair = try connected(serverLimits: limits, clientLimits: limits)
        pair.client.channel.close(mode: .output, promise: nil)
        try pair.run()
        #expect(pair.server.recorder.inputClosed == 1 && pair.server.channel.isActive)
        #expect(throws: ChannelError.self) { try pair.client.write([1]).wait() }
        _ = pair.server.write([9])
        pair.server.channel.flush()
        try pair.run()
        #expect(pair.client.recorder.bytes == [9])
        pair.server.channel.close(promise: nil)
        try pair.run()
        #expect(!pair.client.channel.isActive && !pair.server.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }

    @Test("closing the output after the peer's ends the connection")
    func outputLast() throws {
        var limits = TLSHandlerLimits()
        limits.allowsHalfClosure = true
        let pair = try connected(serverLimits: limits, clientLimits: limits)
        pair.client.channel.close(mode: .output, promise: nil)
        try pair.run()
        pair.server.channel.close(mode: .output, promise: nil)
        try pair.run()
        #expect(!pair.server.channel.isActive && !pair.client.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }

    @Test("the transport's end without close_notify is a truncation; in a handshake, a failed handshake")
    func truncation() throws {
        let pair = try connected()
        pair.server.channel.pipeline.fireChannelInactive()
        #expect(pair.server.recorder.failures.map(\.code) == [.truncated])
        #expect(pair.server.recorder.isInactive)

        let half = try connected()
        half.server.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(half.server.recorder.failures.map(\.code) == [.truncated])
        #expect(!half.server.channel.isActive && half.server.recorder.inputClosed == 0)

        let early = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        try early.client.activate()
        early.client.channel.pipeline.fireChannelInactive()
        #expect(early.client.recorder.failures.map(\.code) == [.handshakeInterrupted])
    }

    @Test("inactive before active: nothing happens")
    func inactiveFirst() throws {
        let end = try ChannelPair(server: try Contexts.server(), client: try Contexts.client()).server
        end.channel.pipeline.fireChannelInactive()
        end.channel.pipeline.fireChannelActive()
        end.feed([0x16, 3, 1, 0, 5, 1])
        #expect(end.recorder.errors.isEmpty && end.recorder.isInactive)
    }

    @Test("handlers may close and write from inside a read or the handshake's event")
    func reentrancy() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        pair.client.recorder.onHandshake = { context in
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: [1])), promise: nil)
        }
        pair.server.recorder.onRead = { context in
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: [2])), promise: nil)
            context.close(promise: nil)
            context.close(promise: nil)
        }
        try pair.connect()
        #expect(pair.server.recorder.bytes == [1] && pair.client.recorder.bytes == [2])
        #expect(!pair.server.channel.isActive && !pair.client.channel.isActive)
        #expect(pair.server.recorder.errors.isEmpty && pair.client.recorder.errors.isEmpty)
    }

    @Test("a server that shuts down closes half-open connections at once, live ones not")
    func quiescing() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        try pair.server.activate()
        try pair.client.activate()
        for end in [pair.server, pair.client] {
            end.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            #expect(!end.channel.isActive)
        }
        let live = try connected()
        live.server.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(live.server.channel.isActive)
    }

    @Test("a lost connection leaves no promise behind")
    func lostConnection() throws {
        let pair = try ChannelPair(server: try Contexts.server(), client: try Contexts.client())
        let write = pair.client.write([1])
        try pair.client.activate()
        pair.client.channel.pipeline.fireChannelInactive()
        let error = #expect(throws: TLSError.self) { try write.wait() }
        #expect(error?.code == .handshakeInterrupted)
    }
}
