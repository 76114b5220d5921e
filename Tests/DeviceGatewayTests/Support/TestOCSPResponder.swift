import COpenSSL
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing
import X509Auth

@testable import DeviceGateway

/// An OCSP responder on loopback that answers as a test wants it to.
final class TestOCSPResponder: Sendable {
    enum Answer: Sendable {
        case good, revoked, unknown
        /// Good, but until an hour ago.
        case expired
        /// Good, says another CA.
        case wrongSigner
        /// Nothing, for longer than anybody waits.
        case silence
        case status(Int)
        case body([UInt8])
        /// Good, once ``release()`` is called.
        case held
        /// Ends the connection instead.
        case hangUp
    }

    private struct State {
        var answer: Answer
        var requests: [(head: HTTPRequestHead, body: [UInt8])] = []
        var held: [EventLoopPromise<Void>] = []
    }

    /// The CA that it answers for.
    let authority: CertificateAuthority
    private let keyPEM: String
    private let now: Int64
    private let state: Mutex<State>
    private let listener = Mutex<(any Channel)?>(nil)
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    private init(_ now: Int64, _ answer: Answer) throws {
        (authority, keyPEM) = try CertificateAuthority.create(
            commonName: "Device CA", notBefore: now - 1_000, notAfter: 2_524_607_999)
        self.now = now
        state = Mutex(State(answer: answer))
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    /// Listens while `body` runs.
    static func run(
        now: Int64 = TestGateway.now, answer: Answer = .good,
        _ body: (TestOCSPResponder) async throws -> Void
    ) async throws {
        let responder = try TestOCSPResponder(now, answer)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(responder))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        responder.listener.withLock { $0 = channel }
        do {
            try await body(responder)
        } catch {
            try? await channel.close().get()
            throw error
        }
        try? await channel.close().get()
    }

    var url: String { "http://127.0.0.1:\(listener.withLock { $0?.localAddress?.port } ?? 0)/ocsp" }
    var requests: [(head: HTTPRequestHead, body: [UInt8])] { state.withLock { $0.requests } }

    /// Waits for a request that was not waited for before.
    func nextRequest() async {
        for await _ in arrivals { return }
    }

    func answer(_ answer: Answer) { state.withLock { $0.answer = answer } }

    /// Sends the answers that are held.
    func release() {
        for promise in state.withLock({ state in
            defer { state.held = [] }
            return state.held
        }) { promise.succeed() }
    }

    fileprivate func hold(_ promise: EventLoopPromise<Void>) {
        state.withLock { $0.held.append(promise) }
    }

    fileprivate func reply(_ head: HTTPRequestHead, _ body: [UInt8]) throws -> (Answer, [UInt8]) {
        let answer = state.withLock { state in
            state.requests.append((head, body))
            return state.answer
        }
        arrival.yield()
        return (answer, try response(to: body, answer))
    }

    private func response(to request: [UInt8], _ answer: Answer) throws -> [UInt8] {
        typealias DER = TestRevocationList
        var status: [UInt8] = [0x80, 0]
        var nextUpdate = now + 3_600
        var key = keyPEM
        switch answer {
        case .good, .held: break
        case .revoked: status = DER.tlv(0xA1, Self.time(now - 7_200))
        case .unknown: status = [0x82, 0]
        case .expired: nextUpdate = now - 3_600
        case .wrongSigner:
            (_, key) = try CertificateAuthority.create(
                commonName: "Another", notBefore: now - 1_000, notAfter: now + 100_000)
        case .body(let body): return body
        case .silence, .status, .hangUp: return []
        }
        let single = DER.tlv(
            0x30,
            Self.certificateID(request) + status + Self.time(now - 7_200)
                + DER.tlv(0xA0, Self.time(nextUpdate)))
        let content = DER.tlv(
            0x30,
            DER.tlv(0xA1, authority.certificate.subjectDER) + Self.time(now) + DER.tlv(0x30, single))
        let basic = DER.tlv(
            0x30, content + DER.algorithm + DER.tlv(0x03, [0] + (try DER.sign(content, key))))
        let type: [UInt8] = [0x06, 9, 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1]
        return DER.tlv(
            0x30,
            [0x0A, 1, 0] + DER.tlv(0xA0, DER.tlv(0x30, type + DER.tlv(0x04, basic))))
    }

    /// The certificate asked for: five SEQUENCEs deep, the first of the list.
    private static func certificateID(_ request: [UInt8]) -> [UInt8] {
        var rest = request[...]
        for _ in 0..<4 { rest = rest.dropFirst(2) }
        return Array(rest.prefix(2 + Int(rest.dropFirst().first ?? 0)))
    }

    /// GeneralizedTime
    private static func time(_ seconds: Int64) -> [UInt8] {
        let object = ASN1_GENERALIZEDTIME_set(nil, time_t(seconds))
        defer { ASN1_STRING_free(object) }
        var der: UnsafeMutablePointer<UInt8>?
        let count = i2d_ASN1_GENERALIZEDTIME(object, &der)
        defer { CRYPTO_free(der, #file, #line) }
        return Array(UnsafeBufferPointer(start: der, count: max(0, Int(count))))
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let responder: TestOCSPResponder
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ responder: TestOCSPResponder) { self.responder = responder }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let part): body.append(contentsOf: part.readableBytesView)
            case .end:
                guard let head, let (answer, bytes) = try? responder.reply(head, body) else {
                    return context.close(promise: nil)
                }
                switch answer {
                case .silence: break
                case .held:
                    let promise = context.eventLoop.makePromise(of: Void.self)
                    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                    promise.futureResult.whenSuccess {
                        let (handler, context) = bound.value
                        handler.write(.ok, bytes, context)
                    }
                    responder.hold(promise)
                case .hangUp: context.close(promise: nil)
                case .status(let code):
                    write(HTTPResponseStatus(statusCode: code), bytes, context)
                default: write(.ok, bytes, context)
                }
            }
        }

        private func write(_ status: HTTPResponseStatus, _ bytes: [UInt8], _ context: ChannelHandlerContext) {
            let headers = HTTPHeaders([("Location", responder.url), ("Content-Length", "\(bytes.count)")])
            context.write(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
                promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
