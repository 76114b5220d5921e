import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

/// A server's channel on a testing event loop, for what the host answers in its own time; its client is an
/// engine.
final class PatientServer {
    let channel: NIOAsyncTestingChannel
    let client: TLSEngine
    private let seen: NIOLoopBound<Seen>
    private let scratch = TLSScratch()
    /// What the client has received.
    private(set) var atClient: [UInt8] = []
    private(set) var clientFailure: TLSError?
    private(set) var clientSawClose = false

    /// What happens on the event loop.
    private final class Seen {
        let handler: TLSHandler
        let recorder = Recorder()
        let reads = ReadCounter()
        init(_ handler: TLSHandler) { self.handler = handler }
    }

    init(
        _ context: TLSContext, client: TLSContext, limits: TLSHandlerLimits = TLSHandlerLimits(),
        admit: TLSAdmit? = nil
    ) async throws {
        let channel = NIOAsyncTestingChannel()
        self.channel = channel
        self.client = try TLSEngine(context: client)
        seen = try await channel.eventLoop.submit {
            let seen = Seen(TLSHandler(context: context, limits: limits, admit: admit))
            try channel.pipeline.syncOperations.addHandlers([seen.reads, seen.handler, seen.recorder])
            return NIOLoopBound(seen, eventLoop: channel.eventLoop)
        }.get()
        try await channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    }

    var loop: NIOAsyncTestingEventLoop { channel.testingEventLoop }

    /// How often the channel was asked for bytes.
    var reads: Int { get async throws { try await look { $0.reads.count } } }
    var plaintext: [UInt8] { get async throws { try await look { $0.recorder.bytes } } }
    var evidence: [TLSEvidence] { get async throws { try await look { $0.recorder.evidence } } }
    var failures: [TLSError] { get async throws { try await look { $0.recorder.failures } } }
    /// Whether the handler holds TLS state.
    var hasEngine: Bool { get async throws { try await look { $0.handler.engine != nil } } }

    private func look<Value: Sendable>(
        _ value: @escaping @Sendable (Seen) throws -> Value
    ) async throws -> Value {
        try await loop.submit { [seen] in try value(seen.value) }.get()
    }

    /// Sends the client's hello.
    func start() async throws {
        var output = ByteBuffer()
        try client.start(scratch: scratch, output: &output)
        try await deliver(output)
    }

    /// What the client writes.
    func encrypt(_ bytes: [UInt8]) throws -> ByteBuffer {
        var output = ByteBuffer()
        try client.send(bytes, output: &output)
        return output
    }

    func deliver(_ bytes: ByteBuffer) async throws {
        guard bytes.readableBytes > 0, channel.isActive else { return }
        try await look { seen in
            seen.handler.context?.channel.pipeline.fireChannelRead(bytes)
            seen.handler.context?.channel.pipeline.fireChannelReadComplete()
        }
    }

    /// The client's direction ends.
    func end() async throws {
        try await look { seen in
            seen.handler.context?.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        await loop.run()
    }

    /// Hands the client what the server has written, and returns what the client answers.
    func answer() async throws -> ByteBuffer {
        await loop.run()
        var output = ByteBuffer()
        while let bytes = try await channel.readOutbound(as: ByteBuffer.self) {
            do throws(TLSError) {
                try client.receive(Array(bytes.readableBytesView), scratch: scratch, output: &output) {
                    atClient += $0
                    return .continue
                }
            } catch {
                clientFailure = error
            }
        }
        clientSawClose = client.peerClosed
        return output
    }

    /// Carries bytes both ways until nothing moves.
    func exchange() async throws {
        while true {
            let answer = try await answer()
            if answer.readableBytes == 0 { return }
            try await deliver(answer)
        }
    }

    func connect() async throws {
        try await start()
        try await exchange()
    }

    /// The task in which the host answers. When it has ended, the answer is with the event loop.
    var asking: Task<Void, Never> {
        get async throws { try #require(try await look { $0.handler.question }) }
    }

    /// Waits for what another task brings about.
    func wait(until condition: () async throws -> Bool) async throws -> Bool {
        try await eventually {
            await loop.run()
            return try await condition()
        }
    }
}

/// Counts how often bytes are asked for.
final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

/// A question that the test answers.
final class Question<Asked: Sendable, Answer: Sendable>: Sendable {
    private let asked: AsyncStream<(Asked, CheckedContinuation<Answer, Never>)>
    private let send: AsyncStream<(Asked, CheckedContinuation<Answer, Never>)>.Continuation

    init() { (asked, send) = AsyncStream.makeStream() }

    func ask(_ question: Asked) async -> Answer {
        await withCheckedContinuation { continuation in send.yield((question, continuation)) }
    }

    /// The next question, with what answers it.
    func next() async -> (Asked, CheckedContinuation<Answer, Never>)? {
        var iterator = asked.makeAsyncIterator()
        return await iterator.next()
    }
}
