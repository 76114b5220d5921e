import NIOCore
import NIOHTTP1
import X509Auth

/// One request and its response on a connection of their own.
struct OCSPHTTPExchange: Sendable {
    let channel: any Channel
    /// The response's body.
    let body: EventLoopFuture<[UInt8]>

    /// The most that is read, head and framing included; what is more cannot be an OCSP response.
    static let maximumBytes = OCSPResponse.maximumSize + 32_768

    /// Sets a connection up. On its event loop.
    init(_ channel: any Channel, url: ResponderURL) throws {
        self.channel = channel
        let promise = channel.eventLoop.makePromise(of: [UInt8].self)
        body = promise.futureResult
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ByteLimit(Self.maximumBytes))
        try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
        try pipeline.addHandler(ResponseCollector(promise, url: url))
    }

    func send(_ body: [UInt8], to url: ResponderURL) {
        let headers = HTTPHeaders([
            ("Host", url.authority), ("Content-Type", "application/ocsp-request"),
            ("Accept", "application/ocsp-response"), ("Content-Length", "\(body.count)"),
            ("Connection", "close"),
        ])
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: url.target, headers: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(
            HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }
}

/// Ends a connection that brings more than a bound.
private final class ByteLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var rest: Int

    init(_ limit: Int) { rest = limit }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard rest >= 0 else { return }
        rest -= unwrapInboundIn(data).readableBytes
        guard rest >= 0 else {
            context.fireErrorCaught(ResponderFailure("sent more than an OCSP response can have"))
            return context.close(promise: nil)
        }
        context.fireChannelRead(data)
    }
}

/// Collects a response's body, if its status is 200.
private final class ResponseCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var promise: EventLoopPromise<[UInt8]>?
    private let url: ResponderURL
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<[UInt8]>, url: ResponderURL) {
        self.promise = promise
        self.url = url
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard promise != nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard head.status == .ok else {
                return fail("answered HTTP status \(head.status.code) instead of 200", context)
            }
        case .body(let part):
            guard body.count + part.readableBytes <= OCSPResponse.maximumSize else {
                return fail("sent more than the \(OCSPResponse.maximumSize) bytes that are read", context)
            }
            body.append(contentsOf: part.readableBytesView)
        case .end:
            promise?.succeed(body)
            promise = nil
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let failure as ResponderFailure: fail(failure.description, context)
        case is IOError: fail("broke the connection off", context)
        default: fail("did not answer in HTTP", context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("closed the connection before its answer was complete", context)
    }

    /// The connection never came about.
    func handlerRemoved(context: ChannelHandlerContext) {
        fail("closed the connection", context)
    }

    private func fail(_ what: String, _ context: ChannelHandlerContext) {
        promise?.fail(ResponderFailure("the responder at \(url.authority) \(what)"))
        promise = nil
        context.close(promise: nil)
    }
}
