import BrokerCore
import IoTPolicy
import MQTTCodec
import NIOCore

extension DeviceConnection {
    // MARK: CONNECT → admission

    func connectReceived(_ connect: MQTTConnect) {
        claimedClientID = connect.clientID
        switch machine.connectReceived(connect, assignedClientID: core.makeClientID()) {
        case .violation(let message):
            end(.protocolError(message))
        case .refuse(let code, let message):
            let refusal = AdmissionRefusal(
                reason: code == .clientIdentifierNotValid ? .limit : .protocolViolation,
                reasonCode: code, message: message)
            refuse(refusal, connect)
        case .admit(let clientID, let isAssigned):
            admit(connect, clientID: clientID, isAssigned: isAssigned)
        }
    }

    private func admit(_ connect: MQTTConnect, clientID: String, isAssigned: Bool) {
        guard case .awaitingConnect(let endpoint, let since) = phase else {
            return end(.internalFailure("CONNECT in an impossible phase"))
        }
        claimedClientID = clientID
        phase = .admitting(endpoint, since: since)
        let terms = MQTTConnectionStateMachine.terms(of: connect, limits: core.configuration.limits)
        let request = AdmissionRequest(
            endpoint: endpoint, sourceIP: sourceIP, clientID: clientID,
            willTopic: connect.will?.topic.string, willRetain: connect.will?.retain ?? false,
            isPersistent: core.admission.registry.policyOptions.isPersistent(
                cleanStart: connect.cleanStart, sessionExpiryInterval: terms.sessionExpiryInterval),
            hasPassword: connect.password != nil)
        if let decision = core.admission.admit(request, now: loop.now.unixSeconds) {
            decided(decision, connect: connect, clientID: clientID, isAssigned: isAssigned)
        } else {
            admitFirstSight(request, connect: connect, clientID: clientID, isAssigned: isAssigned)
        }
    }

    /// Registering a certificate waits for the store; meanwhile nothing is read.
    private func admitFirstSight(
        _ request: AdmissionRequest, connect: MQTTConnect, clientID: String, isAssigned: Bool
    ) {
        transport.pauseReading()
        let admission = core.admission
        let now = loop.now.unixSeconds
        let promise = loop.eventLoop.makePromise(of: FirstSightResult.self)
        promise.completeWithTask {
            switch await admission.admitFirstSight(request, now: now) {
            case .admitted(let grant): .admitted(grant.identity)
            case .refused(let refusal): .refused(refusal)
            }
        }
        promise.futureResult.assumeIsolated().whenSuccess { [self] result in
            guard case .admitting = phase else { return }
            loop.refreshTime()
            // Registered now: the ordinary path decides, on this loop, and makes the grant.
            let decision: AdmissionDecision =
                switch result {
                case .refused(let refusal): .refused(refusal)
                case .admitted:
                    admission.admit(request, now: loop.now.unixSeconds, hasWaited: true)
                        ?? .refused(.notAuthenticated)
                }
            decided(decision, connect: connect, clientID: clientID, isAssigned: isAssigned)
            transport.resumeReading()
            parseTail()
            readCompleted()
        }
    }

    private enum FirstSightResult: Sendable {
        case admitted(DeviceIdentity)
        case refused(AdmissionRefusal)
    }

    private func decided(
        _ decision: consuming AdmissionDecision, connect: MQTTConnect, clientID: String, isAssigned: Bool
    ) {
        switch consume decision {
        case .refused(let refusal):
            refuse(refusal, connect)
        case .admitted(let grant):
            open(grant, connect: connect, clientID: clientID, isAssigned: isAssigned)
        }
    }

    // MARK: Admitted

    private func open(
        _ grant: consuming AdmissionGrant, connect: MQTTConnect, clientID: String, isAssigned: Bool
    ) {
        guard let terms = machine.admitted() else {
            return end(.internalFailure("admitted a connection that had ended"))
        }
        let identity = grant.identity
        let target = ConnectionTarget(connection: self)
        let opened: Broker.OpenedSession
        switch core.broker.open(
            grant, clientID: clientID, terms: terms, will: connect.will, target: target, now: loop.now,
            wakes: &loop.wakes)
        {
        case .opened(let session): opened = session
        case .refused(let message):
            return refuse(
                AdmissionRefusal(reason: .limit, reasonCode: .quotaExceeded, message: message), connect)
        }
        let summary = ConnectionSummary(
            id: id, clientID: clientID, certificate: identity.certificate, thingName: identity.thing?.name,
            remoteAddress: remoteAddress, version: terms.version, connectedAt: loop.now.unixSeconds)
        let certificateDeadline = identity.notAfter.map { notAfter in
            loop.now.instant.adding(seconds: UInt32(clamping: notAfter - loop.now.unixSeconds + 1))
        }
        admitted = Admitted(
            identity: identity, session: opened.session, epoch: opened.epoch, target: target,
            summary: summary,
            version: terms.version, maximumPacketSize: terms.maximumPacketSize,
            reasonStringLimit: reasonStringLimit(terms),
            certificateDeadline: certificateDeadline)
        phase = .connected
        leaveNewcomers()
        if let certificate = identity.certificate {
            loop.connectionAdmitted(self, certificate: certificate)
        }
        decoder.connectionAccepted()
        core.connections.add(summary)
        scheduleDeadline()
        write(
            .connack(
                connack(terms, clientID: isAssigned ? clientID : nil, sessionPresent: opened.isResumed)),
            version: terms.version)
        core.report(.connected(summary))
        if opened.wake { loop.wakes.append(target) }
        if let superseded = opened.superseded {
            superseded.eventLoop.execute { superseded.supersede() }
        }
    }

    private func reasonStringLimit(_ terms: MQTTConnectionStateMachine.Terms) -> Int {
        guard core.configuration.behaviour.explainsRefusalsToDevices, terms.wantsProblemInformation else {
            return 0
        }
        // Left out where the packet would exceed what the client accepts [MQTT-3.14.2-3].
        let fits = (terms.maximumPacketSize ?? .max) >= UInt32(2 * Self.maximumReasonString)
        return fits ? Self.maximumReasonString : 0
    }

    private func connack(
        _ terms: MQTTConnectionStateMachine.Terms, clientID: String?, sessionPresent: Bool
    ) -> MQTTConnack {
        var properties = MQTTProperties()
        if terms.version == .v5 {
            let limits = core.configuration.limits
            if terms.sessionExpiryInterval != terms.requestedSessionExpiryInterval {
                properties.sessionExpiryInterval = terms.sessionExpiryInterval
            }
            if terms.keepAlive != terms.requestedKeepAlive { properties.serverKeepAlive = terms.keepAlive }
            properties.assignedClientIdentifier = clientID
            properties.receiveMaximum = limits.receiveMaximum
            properties.maximumQoS = .atLeastOnce
            properties.maximumPacketSize = UInt32(clamping: limits.maximumPacketSize)
            properties.topicAliasMaximum = limits.topicAliasMaximum
            properties.sharedSubscriptionAvailable = false
        }
        return MQTTConnack(sessionPresent: sessionPresent, reasonCode: .success, properties: properties)
    }

    // MARK: Refused

    private func refuse(_ refusal: AdmissionRefusal, _ connect: MQTTConnect) {
        refuse(
            refusal, version: connect.version,
            maximumPacketSize: connect.properties.maximumPacketSize ?? .max)
    }

    /// Answers CONNACK as far as the client accepts one [MQTT-3.1.2-24], reports and closes.
    func refuse(_ refusal: AdmissionRefusal, version: MQTTVersion, maximumPacketSize: UInt32 = .max) {
        let behaviour = core.configuration.behaviour
        var connack = MQTTConnack(sessionPresent: false, reasonCode: refusal.reasonCode)
        if version == .v5, behaviour.explainsRefusalsToDevices {
            connack.properties.reasonString = refusal.message.prefix(utf8Count: Self.maximumReasonString)
            // Left out where it does not fit [MQTT-3.2.2-19].
            if MQTTPacket.connack(connack).encodedSize(version: version) > Int(maximumPacketSize) {
                connack.properties.reasonString = nil
            }
        }
        let isSilent = version == .v3_1_1 && behaviour.refusedConnection == .disconnect
        let fits = MQTTPacket.connack(connack).encodedSize(version: version) <= Int(maximumPacketSize)
        if !isSilent, fits { write(.connack(connack), version: version) }
        loop.report(
            .refused(
                RefusalReport(
                    id: id, remoteAddress: remoteAddress, clientID: claimedClientID,
                    certificate: presentedCertificate, reason: refusal.reason, message: refusal.message,
                    explanation: refusal.explanation)))
        finish()
    }
}
