import GatewayTLS
import NIOCore

/// Newcomers: who is let in, and who has to go to make room.
extension LoopContext {
    /// Decides about a new connection.
    ///
    /// - Parameter address: whose it is; nil when a proxy will tell.
    func passGate(_ address: SocketAddress?) -> Result<AcceptPermit, AcceptRefusal> {
        let decision = core.gate.admit(from: address, now: NIODeadline(now.instant))
        guard case .failure(.connections) = decision, let oldest = newcomers.evictOldest() else {
            return decision
        }
        // Whoever is nobody yet makes room for the newcomer.
        oldest.evicted()
        return core.gate.admit(from: address, now: NIODeadline(now.instant))
    }

    /// The address of a connection has become known from its proxy.
    func identify(_ permit: inout AcceptPermit, as address: SocketAddress) -> AcceptRefusal? {
        core.gate.identify(&permit, as: address, now: NIODeadline(now.instant))
    }

    /// A connection is not let in.
    func refuse(_ address: SocketAddress?, _ refusal: AcceptRefusal) {
        report(
            .refused(
                RefusalReport(
                    id: core.makeConnectionID(), remoteAddress: address?.displayName ?? "unknown",
                    reason: .limit, message: "the connection was refused: \(refusal)")))
    }

    /// A connection was let in, and has to get through.
    func arrived(_ connection: DeviceConnection) -> HandshakeQueue<DeviceConnection>.Ticket {
        let (ticket, evicted) = newcomers.accepted(connection)
        evicted?.evicted()
        return ticket
    }

    /// Its handshake begins.
    func handshakeStarted(_ ticket: HandshakeQueue<DeviceConnection>.Ticket) {
        newcomers.began(ticket)?.evicted()
    }

    /// A step of its handshake is done.
    func handshakeProgressed(_ ticket: HandshakeQueue<DeviceConnection>.Ticket) {
        newcomers.progressed(ticket)
    }

    /// It has got through, or never will.
    func leave(_ ticket: HandshakeQueue<DeviceConnection>.Ticket) { newcomers.ended(ticket) }
}
