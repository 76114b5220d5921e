import CGatewayOpenSSL
public import NIOCore

/// What the choice of a connection's domain needs; made only where there are domains.
final class DomainChoice {
    enum Answer {
        case found(ContextService)
        case notFound
        /// A client's context cannot answer.
        case unusable
    }

    /// The listener's domains; or, once something has been looked up, those of what was found.
    let service: ContextService
    let canLookUp: Bool
    let localPort: Int?
    /// What the look-up has found.
    var answer: Answer?
    /// What is being looked up.
    var awaited: TLSClientHello?
    var refusal: DomainRefusal?

    init(service: ContextService, canLookUp: Bool, localPort: Int?) {
        self.service = service
        self.canLookUp = canLookUp
        self.localPort = localPort
    }

    func select(_ hello: gw_tls_hello) -> DomainSelection<ContextStorage>? {
        let asked = hello.clientHello(localPort: localPort)
        let selection: DomainSelection<ContextStorage>
        switch answer {
        case nil: selection = service.select(asked, isNameUnusable: hello.isNameUnusable)
        case .found(let found): selection = found.select(asked, isNameUnusable: hello.isNameUnusable)
        case .notFound: selection = .refused(.notFound)
        case .unusable: selection = .refused(.unusable)
        }
        guard case .refused(let refusal) = selection else { return selection }
        if answer == nil, canLookUp, refusal == .unknownServerName || refusal == .missingServerName {
            awaited = asked
            return nil
        }
        self.refusal = refusal
        return selection
    }
}

extension TLSEngine {
    /// What the client's hello says; nil before it has come, and again once the handshake has succeeded.
    public var clientHello: TLSClientHello? {
        let hello = gw_tls_session_hello(session)
        return hello.highest_version == 0 && hello.server_name_length == 0
            ? nil : hello.clientHello(localPort: domains?.localPort)
    }

    var isAwaitingDomain: Bool {
        if case .awaitingDomain = state { true } else { false }
    }

    /// Answers ``TLSEngineState/awaitingDomain(_:)``: the handshake goes on as the context's configuration
    /// says. In any other state it does nothing, so that an answer may come late.
    ///
    /// - Parameters:
    ///   - context: what answers the hello; nil: nothing does, and the handshake is refused with
    ///     unrecognized_name.
    ///   - scratch: the event loop's.
    ///   - output: as in ``receive(_:scratch:output:onPlaintext:)``.
    ///   - onPlaintext: as there.
    /// - Throws: the failure that ended the connection.
    public func provide(
        _ context: TLSContext?, scratch: TLSScratch, output: inout ByteBuffer,
        onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
    ) throws(TLSError) {
        try provide(context, scratch, &output) { $0.withUnsafeReadableBytes(onPlaintext) }
    }

    func provide(
        _ context: TLSContext?, _ scratch: TLSScratch, _ output: inout ByteBuffer,
        _ onPlaintext: PlaintextReader
    ) throws(TLSError) {
        guard isAwaitingDomain, let domains else { return }
        switch context {
        case let context? where context.isServer: domains.answer = .found(context.current)
        case nil: domains.answer = .notFound
        default: domains.answer = .unusable
        }
        domains.awaited = nil
        state = .handshaking
        try read(UnsafeRawBufferPointer(start: nil, count: 0), scratch, &output, onPlaintext)
        try readKept(scratch, &output, onPlaintext)
    }

    /// Called back from inside a handshake, when the hello has come.
    func choose(_ hello: gw_tls_hello) -> gw_tls_choice {
        guard let domains else { return gw_tls_choice(kind: GW_TLS_CHOICE_REFUSE, context: nil, alert: 80) }
        switch domains.select(hello) {
        case nil:
            return gw_tls_choice(kind: GW_TLS_CHOICE_WAIT, context: nil, alert: 0)
        case .domain(let chosen):
            context = chosen
            domains.answer = nil
            return gw_tls_choice(kind: GW_TLS_CHOICE_ADOPT, context: chosen.pointer, alert: 0)
        case .refused(let refusal):
            return gw_tls_choice(kind: GW_TLS_CHOICE_REFUSE, context: nil, alert: Int32(refusal.alert))
        }
    }

    /// The handshake has stopped for want of a domain.
    func awaitDomain() -> TLSError? {
        guard let hello = domains?.awaited else {
            return fail(
                TLSError(
                    code: .internalFailure, sideAtFault: .local, message: "OpenSSL stopped for no reason"))
        }
        state = .awaitingDomain(hello)
        return nil
    }
}
