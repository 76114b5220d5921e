import BrokerCore
import IoTPolicy
import MQTTCodec

extension DeviceConnection {
    func subscribeReceived(_ subscribe: MQTTSubscribe) {
        guard mayProceed(), isBounded(subscribe.subscriptions.count), let admitted else { return }
        let identifier = subscribe.properties.subscriptionIdentifiers.first
        var codes: [MQTTReasonCode] = []
        codes.reserveCapacity(subscribe.subscriptions.count)
        var retained: [Broker.RetainedDelivery] = []
        var visits = core.configuration.limits.maximumRetainedLevelsVisited
        for subscription in subscribe.subscriptions {
            let code = self.subscribe(
                subscription, identifier: identifier, admitted, retained: &retained, visits: &visits)
            if code == .notAuthorized, admitted.version == .v3_1_1,
                core.configuration.behaviour.refusedSubscription == .disconnect
            {
                return end(.notAuthorized("SUBSCRIBE to \(subscription.filter) is not authorised"))
            }
            codes.append(code)
        }
        write(
            .suback(MQTTSuback(packetID: subscribe.packetID, reasonCodes: codes)), version: admitted.version)
        if core.broker.enqueue(retained, for: admitted.session, now: loop.now.instant) {
            loop.wakes.append(admitted.target)
        }
    }

    /// One request may not keep the event loop busy for long, and its answer, a byte for each filter, has to fit
    /// what the client accepts [MQTT-3.1.2-24].
    private func isBounded(_ filterCount: Int) -> Bool {
        let accepted = Int(admitted?.maximumPacketSize ?? .max)
        let maximum = min(
            core.configuration.limits.maximumFiltersPerRequest,
            accepted - MQTTConnectionStateMachine.answerHeader)
        guard filterCount > maximum else { return true }
        end(
            ConnectionEnd(
                reason: .clientError, refusal: .limit, reasonCode: .quotaExceeded,
                message: "\(filterCount) filters in one request; at most \(maximum) are accepted"))
        return false
    }

    private func subscribe(
        _ subscription: MQTTSubscription, identifier: UInt32?, _ admitted: Admitted,
        retained: inout [Broker.RetainedDelivery], visits: inout Int
    ) -> MQTTReasonCode {
        let filter: MQTTTopicFilter
        do {
            filter = try MQTTTopicFilter(subscription.filter)
        } catch {
            return .topicFilterInvalid
        }
        guard filter.shareName == nil else { return .sharedSubscriptionsNotSupported }
        let verdict = admitted.identity.policy.authorize(
            .subscribe(filter: subscription.filter), at: loop.now.unixSeconds)
        guard verdict.decision.isAllowed else {
            reportDenial(verdict, name: subscription.filter)
            return .notAuthorized
        }
        let options = SubscriptionOptions(
            qos: min(subscription.qos, .atLeastOnce), noLocal: subscription.noLocal,
            retainAsPublished: subscription.retainAsPublished,
            retainHandling: subscription.retainHandling, subscriptionIdentifier: identifier)
        switch core.broker.subscribe(
            admitted.session, epoch: admitted.epoch, filter: filter, options: options, now: loop.now.instant,
            retained: &retained, visits: &visits)
        {
        case .granted: return options.qos == .atLeastOnce ? .grantedQoS1 : .success
        case .refused: return .quotaExceeded
        }
    }

    func unsubscribeReceived(_ unsubscribe: MQTTUnsubscribe) {
        guard mayProceed(), isBounded(unsubscribe.filters.count), let admitted else { return }
        let codes = unsubscribe.filters.map { text -> MQTTReasonCode in
            guard let filter = try? MQTTTopicFilter(text) else { return .topicFilterInvalid }
            let existed = core.broker.unsubscribe(admitted.session, epoch: admitted.epoch, filter: filter)
            return existed ? .success : .noSubscriptionExisted
        }
        write(
            .unsuback(MQTTUnsuback(packetID: unsubscribe.packetID, reasonCodes: codes)),
            version: admitted.version)
    }
}
