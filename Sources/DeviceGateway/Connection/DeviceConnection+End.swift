import BrokerCore
import GatewayTLS
import IoTPolicy
import Logging
import MQTTCodec
import X509Auth

extension DeviceConnection {
    /// The certificate of the handshake, whether or not it was accepted.
    var presentedCertificate: CertificateID? {
        if let refusedCertificate { return refusedCertificate }
        switch phase {
        case .awaitingConnect(.mutualTLS(let evidence), _), .admitting(.mutualTLS(let evidence), _):
            return evidence.peer.map { CertificateID(der: $0.leaf) }
        default:
            return admitted?.summary.certificate
        }
    }

    /// The decoder gave a packet up; `bytes` begins with it.
    func faulted(_ fault: MQTTFault, in bytes: UnsafeRawBufferPointer) {
        guard case .awaitingConnect = phase else { return end(.fault(fault)) }
        // A CONNECT that can be answered is: MQTT 5 has CONNACK codes for what is wrong with it, MQTT 3.1.1 has one
        // for the version.
        let level = Self.protocolLevel(ofConnect: bytes)
        let isVersion = fault.kind == .unsupportedVersion
        guard isVersion || level == MQTTVersion.v5.rawValue else { return end(.fault(fault)) }
        refuse(
            AdmissionRefusal(
                reason: .protocolViolation,
                reasonCode: isVersion ? .unsupportedProtocolVersion : fault.reasonCode.inConnack,
                message: "\(fault)"),
            version: level ?? 0 >= MQTTVersion.v5.rawValue ? .v5 : .v3_1_1)
    }

    /// The Protocol Level of a CONNECT, whatever else is wrong with it.
    private static func protocolLevel(ofConnect bytes: UnsafeRawBufferPointer) -> UInt8? {
        guard bytes.first == 0x10 else { return nil }
        // One to four bytes of remaining length, the last without its high bit; the name; the level.
        guard let last = bytes.dropFirst().prefix(4).firstIndex(where: { $0 & 0x80 == 0 }) else { return nil }
        let body = bytes[(last + 1)...]
        guard body.count >= 2 else { return nil }
        let nameLength = Int(body[last + 1]) << 8 | Int(body[last + 2])
        let level = last + 3 + nameLength
        return level < bytes.count ? bytes[level] : nil
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
            leave(
                ConnectionEnd(
                    reason: .connectionLost, refusal: .peerClosed, reasonCode: nil, message: message))
        }
        phase = .closed
        loop.remove(self)
    }

    /// The handshake failed, or TLS broke later on.
    ///
    /// - Parameter certificate: what the peer presented, if it got that far.
    func tlsFailed(_ error: TLSError, certificate: CertificateID? = nil) {
        guard !isOver else { return }
        refusedCertificate = certificate
        core.logger.debug("TLS failed", metadata: ["connection": "\(id)", "error": "\(error)"])
        switch phase {
        case .awaitingProxyHeader, .awaitingFirstByte, .handshaking:
            core.gate.count(.handshakeFailed)
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
        leaveNewcomers()
        if let admitted {
            core.connections.remove(id)
            admitted.target.release()
            core.broker.close(
                admitted.session, epoch: admitted.epoch, identity: admitted.identity,
                ending: end.ending, now: loop.now, wakes: &loop.wakes)
            core.report(
                .disconnected(
                    DisconnectReport(connection: admitted.summary, reason: end.reason, message: end.message)))
        } else {
            loop.report(
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
        switch core.admission.rejudge(
            identity, leaf: transport.peerCertificate, now: loop.now.unixSeconds)
        {
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

extension MQTTReasonCode {
    /// The code if CONNACK may carry it, or the nearest that it may [MQTT 5, table 3-1].
    fileprivate var inConnack: MQTTReasonCode {
        let allowed: [MQTTReasonCode] = [
            .unspecifiedError, .malformedPacket, .protocolError, .implementationSpecificError,
            .unsupportedProtocolVersion, .clientIdentifierNotValid, .badUserNameOrPassword, .notAuthorized,
            .badAuthenticationMethod, .topicNameInvalid, .packetTooLarge, .quotaExceeded,
            .payloadFormatInvalid,
            .retainNotSupported, .qosNotSupported,
        ]
        return allowed.contains(self) ? self : .protocolError
    }
}
