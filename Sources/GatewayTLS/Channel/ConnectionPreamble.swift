public import NIOCore

/// What comes before the first byte of TLS: the PROXY header, where one is required, and the bytes that tell
/// TLS from anything else. Until then a connection has no TLS state.
public struct ConnectionPreamble: Sendable {
    /// What to do next.
    public enum Step: Sendable {
        /// More bytes must come.
        case needMore
        /// A proxy has told whose connection it is. Ask for the ``next()`` step when that has been dealt with.
        case proxied(PROXYHeader)
        /// TLS begins, with these bytes.
        case tls(ByteBuffer)
        /// A connection without TLS begins, with these bytes, which may be none.
        case plaintext(ByteBuffer)
        /// The connection has to be closed.
        case refused(Refusal)
    }

    /// Why a connection has to be closed.
    public enum Refusal: Hashable, Sendable {
        /// MQTT without TLS.
        case plainMQTT
        /// HTTP without TLS.
        case http
        /// Anything else that is not TLS.
        case notTLS
        /// The proxy's header is missing or malformed.
        case proxyHeader(PROXYHeaderError)
    }

    private var proxyHeader: PROXYHeaderParser?
    private let expectsTLS: Bool
    private var seen = ByteBuffer()

    /// Creates the beginning of a connection.
    ///
    /// - Parameters:
    ///   - proxy: set when this peer must send a header: ``PROXYProtocol/isRequired(of:)``.
    ///   - expectsTLS: whether TLS follows; if not, all that comes is plaintext.
    public init(proxy: PROXYProtocol?, expectsTLS: Bool) {
        proxyHeader = proxy.map { PROXYHeaderParser(maximumSize: $0.maximumHeaderSize) }
        self.expectsTLS = expectsTLS
    }

    /// Takes the next bytes.
    public mutating func receive(_ bytes: ByteBuffer) -> Step {
        var bytes = bytes
        if proxyHeader != nil {
            switch readProxyHeader(&bytes) {
            case .success(nil):
                return .needMore
            case .success(let header?):
                proxyHeader = nil
                seen = bytes
                return .proxied(header)
            case .failure(let error):
                return .refused(.proxyHeader(error))
            }
        }
        // The copy is of a few bytes: as soon as six have come the kind is known.
        if seen.readableBytes == 0 { seen = bytes } else { seen.writeImmutableBuffer(bytes) }
        return next()
    }

    /// Goes on with the bytes that came behind the PROXY header.
    public mutating func next() -> Step {
        var bytes = ByteBuffer()
        swap(&bytes, &seen)
        guard expectsTLS else { return .plaintext(bytes) }
        switch bytes.withUnsafeReadableBytes(TLSFirstBytes.classify) {
        case .needMore:
            seen = bytes
            return .needMore
        case .tls: return .tls(bytes)
        case .plainMQTT: return .refused(.plainMQTT)
        case .http: return .refused(.http)
        case .other: return .refused(.notTLS)
        }
    }

    private mutating func readProxyHeader(
        _ bytes: inout ByteBuffer
    ) -> Result<PROXYHeader?, PROXYHeaderError> {
        let progress = bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(PROXYHeaderError) in try proxyHeader?.receive(bytes) }
        }
        return progress.map { progress in
            guard case .complete(let header, let consumed)? = progress else { return nil }
            bytes.moveReaderIndex(forwardBy: consumed)
            return header
        }
    }
}

extension ConnectionPreamble.Refusal {
    /// How it counts.
    public var event: AcceptEvent {
        switch self {
        case .plainMQTT: .plainMQTT
        case .http: .http
        case .notTLS: .notTLS
        case .proxyHeader: .invalidProxyHeader
        }
    }

    /// What it means for the connection.
    public var error: TLSError {
        let what: String
        switch self {
        case .plainMQTT: what = "MQTT without TLS"
        case .http: what = "HTTP without TLS"
        case .notTLS: what = "something that is not TLS"
        case .proxyHeader(let error):
            return TLSError(
                code: .invalidProxyHeader, sideAtFault: .peer,
                message: "a trusted proxy must begin with a PROXY header: \(error)")
        }
        return TLSError(
            code: .notTLS, sideAtFault: .peer,
            message: "the client sent \(what); this port accepts TLS only")
    }
}
