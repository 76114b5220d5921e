import BrokerCore
import GatewayTLS
import IoTPolicy
import Logging
import MQTTCodec
import X509Auth

extension DeviceConnection {
    /// The certificate of the handshake, whether or not it was accepted.
    var presentedCertificate: CertificateID? {
        switch phase {
        case .awaitingConnect(.mutualTLS(let evidence), _), .admitting(.mutualTLS(let evidence), _):
            evidence.peer.map { CertificateID(der: $0.leaf) }
        default: admitted?.summary.certificate
        }
    }

    func faulted(_ fault: MQTTFault) {
        switch phase {
        case .awaitingConnect:
            // A CONNECT that can be answered is: the standard has CONNACK codes for it.
            if fault.kind == .unsupportedVersion {
                let version: MQTTVersion = decoder.version ?? .v3_1_1
                return refuse(
                    AdmissionRefusal(
                        reason: .protocolViolation, reasonCode: .unsupportedProtocolVersion,
                        message: "\(fault)"),
                    version: version)
            }
            end(.fault(fault))
        default:
            end(.fault(fault))
        }
    }

    func disconnectReceived(_ disconnect: MQTTDisconnect) {
        switch machine.disconnectReceived(disconnect) {
        case .violation(let message):
            end(.protocolError(message))
        case .end(let withholdsWill, let expiry):
            if let admitted {
                admitted.session.setExpiryInterval(expiry, epoch: admitted.epoch)
            }
            end(
                ConnectionEnd(
                    reason: .clientInitiated, refusal: .peerClosed, reasonCode: nil,
                    message: "the client disconnected",
                    ending: withholdsWill ? .disconnected : .disconnectedWithWill))
        }
    }

    /// Ends the connection from this side: last packet, session, event, close.
    func end(_ end: ConnectionEnd) {
        guard !isOver else { return }
        if isHandshaking { loop.handshakeEnded() }
        if let admitted, admitted.version == .v5, let code = end.reasonCode {
            var properties = MQTTProperties()
            properties.reasonString = admitted.reasonString(end.message)
            write(
                .disconnect(MQTTDisconnect(reasonCode: code, properties: properties)),
                version: admitted.version)
        }
        leave(end)
        finish()
    }

    /// The peer or the network ended it; `message` says how.
    func transportClosed(_ message: String) {
        switch phase {
        case .closed:
            return
        case .finishing:
            break
        default:
            if isHandshaking { loop.handshakeEnded() }
            leave(
                ConnectionEnd(
                    reason: .connectionLost, refusal: .peerClosed, reasonCode: nil, message: message))
        }
        phase = .closed
        loop.remove(self)
        core.connectionClosed()
    }

    /// The handshake failed, or TLS broke later on.
    func tlsFailed(_ error: TLSError) {
        guard !isOver else { return }
        core.logger.debug("TLS failed", metadata: ["connection": "\(id)", "error": "\(error)"])
        switch phase {
        case .awaitingFirstByte, .handshaking:
            end(
                ConnectionEnd(
                    reason: .connectionLost, refusal: .tls, reasonCode: nil, message: error.message))
        default:
            end(
                ConnectionEnd(
                    reason: .connectionLost, refusal: .peerClosed, reasonCode: nil, message: "\(error)"))
        }
    }

    /// Detaches from the session and tells observers.
    private func leave(_ end: ConnectionEnd) {
        machine.ended()
        if let admitted {
            core.connections.remove(id)
            admitted.target.release()
            core.broker.close(
                admitted.session, epoch: admitted.epoch, identity: admitted.identity,
                ending: end.ending, now: loop.now, wakes: &loop.wakes)
            core.report(.disconnected(admitted.summary, end.reason))
            core.logger.debug(
                "disconnected",
                metadata: [
                    "connection": "\(id)", "client": "\(LogText.escape(admitted.summary.clientID))",
                    "reason": "\(end.reason)", "detail": "\(LogText.escape(end.message))",
                ])
        } else {
            core.report(
                .refused(
                    RefusalReport(
                        id: id, remoteAddress: remoteAddress, clientID: claimedClientID,
                        certificate: presentedCertificate, reason: end.refusal, message: end.message,
                        explanation: nil)))
        }
    }

    /// Sends what is left and waits for the peer to close, for a while.
    func finish() {
        guard !isOver else { return }
        machine.ended()
        phase = .finishing(until: loop.now.instant.adding(core.configuration.limits.closeTimeout))
        scheduleDeadline()
        transport.finish()
    }

    /// Judges the connection by the registry as it is now.
    func rejudge() {
        guard let identity = admitted?.identity, case .connected = phase else { return }
        switch core.admission.rejudge(identity, now: loop.now.unixSeconds) {
        case .stands(let identity):
            admitted?.identity = identity
        case .revoked(let message, let explanation):
            if let explanation, let summary = admitted?.summary {
                core.report(
                    .denied(
                        DenialReport(
                            connection: summary, action: .connect, name: summary.clientID,
                            explanation: explanation)))
            }
            end(.notAuthorized(message))
        }
    }
}
