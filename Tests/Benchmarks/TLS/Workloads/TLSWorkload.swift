/// The loops that are measured. One unit of work is one handshake, both sides of it, or one record at the server;
/// TLS 1.3 with P-256 keys and mutual authentication, through the engine alone or a handler in its channel.
///
/// OpenSSL 3.0 itself allocates three times for a record received and four times for one sent, its buffers and a
/// digest; the engine adds none, a handler a buffer.
public enum TLSWorkload: String, CaseIterable, Sendable {
    case engineHandshake = "engine-handshake-mutual-p256"
    case engineResumption = "engine-handshake-resumed"
    case engineReceive64 = "engine-receive-64"
    case engineSend64 = "engine-send-64"
    case engineReceive16384 = "engine-receive-16384"
    case handlerHandshake = "handler-handshake-mutual-p256"
    case handlerResumption = "handler-handshake-resumed"
    case handlerReceive64 = "handler-receive-64"
    case handlerSend64 = "handler-send-64"
    case handlerReceive16384 = "handler-receive-16384"

    enum Work { case handshake, resumption, receive(Int), send(Int) }

    private var work: Work {
        switch self {
        case .engineHandshake, .handlerHandshake: .handshake
        case .engineResumption, .handlerResumption: .resumption
        case .engineReceive64, .handlerReceive64: .receive(64)
        case .engineSend64, .handlerSend64: .send(64)
        case .engineReceive16384, .handlerReceive16384: .receive(16_384)
        }
    }

    /// How often the work is done where instructions are counted: once and three times so often.
    public var iterations: Int {
        switch work {
        case .handshake, .resumption: 20
        case .receive(16_384): 100
        case .receive, .send: 1_000
        }
    }

    /// How many percent more instructions are no regression: signatures and key exchanges are made with
    /// random numbers.
    public var tolerance: Int {
        switch work {
        case .handshake, .resumption: 15
        case .receive, .send: 5
        }
    }

    /// Does `count` units of work. Returns a figure that depends on all of them.
    public func run(_ count: Int) throws -> Int {
        switch self {
        case .engineHandshake, .engineResumption, .engineReceive64, .engineSend64, .engineReceive16384:
            try EngineConnection.run(work, count, prepared: prepared(for: count))
        case .handlerHandshake, .handlerResumption, .handlerReceive64, .handlerSend64, .handlerReceive16384:
            try HandlerConnection.run(work, count, prepared: prepared(for: count))
        }
    }

    /// As many records are made for any count of a measurement, so that their making is no part of the difference.
    private func prepared(for count: Int) -> Int {
        var prepared = 3 * iterations
        while prepared < count { prepared *= 10 }
        return prepared
    }
}
