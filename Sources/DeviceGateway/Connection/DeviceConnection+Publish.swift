import BrokerCore
import IoTPolicy
import MQTTCodec
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension DeviceConnection {
    /// A PUBLISH, already validated: resolve its alias, authorise, hand it to the broker, acknowledge.
    func publishReceived(_ publish: MQTTPublishOffsets, _ bytes: UnsafeRawBufferPointer) throws(MQTTFault) {
        guard mayProceed() else { return }
        loop.counters.publishesReceived += 1
        if publish.qos == .exactlyOnce {
            return end(
                ConnectionEnd(
                    reason: .clientError, refusal: .protocolViolation, reasonCode: .qosNotSupported,
                    message: "a PUBLISH at QoS 2; this gateway offers QoS 0 and 1"))
        }
        let topicBytes = UnsafeRawBufferPointer(
            rebasing: bytes[publish.topicStart..<publish.topicStart + Int(publish.topicCount)])
        guard let topic = resolveTopic(topicBytes, alias: publish.topicAlias) else { return }
        guard topic.utf8.first != UInt8(ascii: "$") else {
            return refusePublish(
                publish, topic: topic, code: .topicNameInvalid,
                message: "topics that begin with $ are the gateway's own [MQTT-4.7.2-1]")
        }
        guard let identity = admitted?.identity else { return }
        let operation = MQTTOperation.publish(topic: topic, retain: publish.retain)
        let verdict = identity.policy.authorize(operation, at: loop.now.unixSeconds)
        guard verdict.decision.isAllowed else {
            let explanation = reportDenial(verdict, name: topic)
            return refusePublish(
                publish, topic: topic, code: .notAuthorized, message: explanation?.summary ?? "not authorised"
            )
        }
        try accept(publish, topic: topic, bytes: bytes)
    }

    private func accept(
        _ publish: MQTTPublishOffsets, topic: String, bytes: UnsafeRawBufferPointer
    ) throws(MQTTFault) {
        guard let session = admitted?.session else { return }
        let properties: MQTTProperties
        let payload: ByteBuffer
        if publish.hasOtherProperties {
            let owned = try decoder.decodeOwned(bytes, publish)
            (properties, payload) = (owned.properties, owned.payload)
        } else {
            properties = MQTTProperties()
            payload = ByteBuffer(copying: bytes, publish.payloadStart, publish.payloadCount)
        }
        let now = loop.now.instant
        let message = BrokerMessage(
            topic: topic, payload: payload, qos: publish.qos, retain: publish.retain, properties: properties,
            expiry: publish.messageExpiryInterval.map { now.adding(seconds: $0) } ?? .never,
            publisher: session.id)
        let outcome = core.broker.publish(message, now: now, routes: &loop.routes, wakes: &loop.wakes)
        loop.counters.publishesDropped += outcome.dropped
        guard !outcome.isRetainRefused else {
            return refusePublish(
                publish, topic: topic, code: .quotaExceeded,
                message: "the gateway holds as many retained messages as its limits allow")
        }
        guard publish.qos == .atLeastOnce else { return }
        // Accepted by every queue it belongs in: only now is it acknowledged [MQTT-4.3.2-4].
        acknowledge(
            publish.packetID,
            code: outcome.receivers == 0 && admitted?.version == .v5 ? .noMatchingSubscribers : .success)
    }

    private func resolveTopic(_ bytes: UnsafeRawBufferPointer, alias: UInt16) -> String? {
        guard var admitted else { return nil }
        if alias == 0 {
            if admitted.lastTopic.equals(bytes) { return admitted.lastTopic }
            admitted.lastTopic = String(decoding: bytes, as: UTF8.self)
            self.admitted?.lastTopic = admitted.lastTopic
            return admitted.lastTopic
        }
        switch machine.aliasReceived(alias, topic: String(decoding: bytes, as: UTF8.self)) {
        case .topic(let topic):
            return topic
        case .violation(let code, let message):
            end(
                ConnectionEnd(
                    reason: .clientError, refusal: .protocolViolation, reasonCode: code, message: message))
            return nil
        }
    }

    func acknowledge(_ packetID: UInt16, code: MQTTReasonCode, reasonString: String? = nil) {
        guard let version = admitted?.version else { return }
        if code == .success {
            // The commonest answer of all, in its shortest form in both versions.
            loop.acquire(self)
            loop.plaintext.writeInteger(0x4002 as UInt16)
            loop.plaintext.writeInteger(packetID)
            return
        }
        var properties = MQTTProperties()
        properties.reasonString = reasonString
        write(
            .puback(MQTTAcknowledgement(packetID: packetID, reasonCode: code, properties: properties)),
            version: version)
    }

    /// Refuses one PUBLISH. A refusal must never look like success: MQTT 5 gets its reason code, and whoever
    /// cannot be told is disconnected.
    private func refusePublish(
        _ publish: MQTTPublishOffsets, topic: String, code: MQTTReasonCode, message: String
    ) {
        guard let admitted else { return }
        if admitted.version == .v5, publish.qos == .atLeastOnce {
            acknowledge(publish.packetID, code: code, reasonString: admitted.reasonString(message))
        } else {
            end(
                ConnectionEnd(
                    reason: code == .notAuthorized ? .authError : .clientError, refusal: .notAuthorized,
                    reasonCode: code, message: "PUBLISH to \(topic): \(message)"))
        }
    }

    func acknowledged(_ packetID: UInt16) {
        guard mayProceed(), let admitted else { return }
        // An identifier that is not in use is the client's own confusion and frees nothing.
        if admitted.session.acknowledged(packetID, epoch: admitted.epoch) {
            loop.wakes.append(admitted.target)
        }
    }

    /// Counts a refusal, and explains it to observers and the log within the connection's budget.
    @discardableResult
    func reportDenial(_ verdict: MQTTVerdict, name: String) -> PolicyExplanation? {
        loop.counters.denials += 1
        guard let admitted, explanationBudget.take(now: loop.now.instant) else { return nil }
        let action = verdict.deniedAction ?? .publish
        let explanation = admitted.identity.policy.explain(action, verdict.deniedName ?? name)
        core.report(
            .denied(
                DenialReport(
                    connection: admitted.summary, action: action, name: verdict.deniedName ?? name,
                    explanation: explanation)))
        return explanation
    }
}

extension String {
    /// Whether the string's UTF-8 is exactly these bytes.
    @inline(__always)
    fileprivate func equals(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var copy = self
        return copy.withUTF8 { utf8 in
            guard utf8.count == bytes.count else { return false }
            guard let left = utf8.baseAddress, let right = bytes.baseAddress else { return true }
            return memcmp(left, right, utf8.count) == 0
        }
    }
}

extension ByteBuffer {
    /// A compact copy: a slice would pin the whole read for as long as the message waits.
    fileprivate init(copying bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) {
        self.init()
        guard count > 0 else { return }
        reserveCapacity(count)
        writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
    }
}
