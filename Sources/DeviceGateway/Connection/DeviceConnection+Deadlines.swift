import BrokerCore
import GatewayTLS

/// What a connection has to do by when. No deadline is moved by bytes that trickle in.
extension DeviceConnection {
    /// The next moment at which something is due.
    private var deadline: BrokerInstant? {
        let limits = core.configuration.limits
        switch phase {
        case .awaitingProxyHeader(let timeout):
            return acceptedAt.adding(timeout)
        case .awaitingFirstByte(let since):
            return min(since.adding(limits.firstByteTimeout), acceptedAt.adding(limits.handshakeTimeout))
        case .handshaking:
            return acceptedAt.adding(limits.handshakeTimeout)
        case .awaitingConnect(_, let since), .admitting(_, let since):
            return since.adding(limits.connectTimeout)
        case .connected:
            let ends = [
                machine.keepAliveDeadline(lastReceived: lastReceived), admitted?.certificateDeadline,
                endOfLife,
            ]
            return ends.compactMap(\.self).min()
        case .finishing(let until):
            return until
        case .closed:
            return nil
        }
    }

    /// The longest life a connection may have is over.
    private var endOfLife: BrokerInstant? {
        core.configuration.limits.maximumConnectionLifetime.map { acceptedAt.adding($0) }
    }

    func scheduleDeadline() {
        guard let deadline else { return }
        // An entry that comes due earlier will look again by itself.
        if let scheduledDeadline, scheduledDeadline <= deadline { return }
        scheduledDeadline = deadline
        loop.schedule(self, at: deadline)
    }

    /// An entry of the loop's queue came due.
    func deadlineReached() {
        scheduledDeadline = nil
        guard let deadline else { return }
        guard deadline <= loop.now.instant else { return scheduleDeadline() }
        let limits = core.configuration.limits
        switch phase {
        case .awaitingProxyHeader(let timeout):
            core.gate.count(.proxyHeaderTimeout)
            end(.timeout("the proxy sent no PROXY header within \(timeout)"))
        case .awaitingFirstByte:
            core.gate.count(.firstBytesTimeout)
            end(.timeout("nothing arrived within \(limits.firstByteTimeout)"))
        case .handshaking:
            core.gate.count(.handshakeTimeout)
            end(.timeout("the TLS handshake took longer than \(limits.handshakeTimeout)"))
        case .awaitingConnect:
            end(.timeout("no CONNECT within \(limits.connectTimeout)"))
        case .admitting:
            // The store, or an OCSP responder, is slower than the device may be kept waiting.
            end(.timeout("not admitted within \(limits.connectTimeout) of its handshake"))
        case .connected:
            connectedDeadlineReached()
        case .finishing:
            transport.abort()
        case .closed:
            break
        }
        scheduleDeadline()
    }

    private func connectedDeadlineReached() {
        if let certificate = admitted?.certificateDeadline, certificate <= loop.now.instant {
            end(.notAuthorized("the certificate has expired"))
        } else if let endOfLife, endOfLife <= loop.now.instant {
            core.gate.count(.lifetimeExceeded)
            end(.endOfLife)
        } else {
            end(.timeout("nothing arrived for one and a half keep-alive intervals [MQTT-3.1.2-22]"))
        }
    }

    /// There are too many newcomers, and this one is the oldest: its descriptor is free at once.
    func evicted() {
        core.gate.count(isHandshaking ? .evictedHandshake : .evictedSilent)
        end(
            ConnectionEnd(
                reason: .serverError, refusal: .limit, reasonCode: nil,
                message: "too many connections have not got through yet; the oldest is ended"))
        transport.abort()
    }
}
