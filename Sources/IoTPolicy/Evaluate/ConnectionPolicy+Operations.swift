extension ConnectionPolicy {
    /// Judges everything an MQTT operation requires.
    ///
    /// - CONNECT needs `iot:Connect`; a Will also `iot:Publish`, a retained one also `iot:RetainPublish`. The keys
    ///   `iot:LastWillTopic` and `LastWill` of `iot:ConnectAttributes` follow the operation, whatever the context
    ///   says. A client ID other than the one the policies were specialised for is refused.
    /// - PUBLISH needs `iot:Publish`, with RETAIN also `iot:RetainPublish`; retained publishes to `$aws/` are refused
    ///   (AWS IoT Core Developer Guide, "MQTT").
    /// - SUBSCRIBE needs `iot:Subscribe` for each filter, a delivery `iot:Receive`.
    ///
    /// - Parameter time: seconds since 1970 of the operation; by default the connection's.
    public func authorize(_ operation: MQTTOperation, at time: Int64? = nil) -> MQTTVerdict {
        switch operation {
        case .connect(let clientID, let willTopic, let willRetain):
            return authorizeConnect(clientID, willTopic, willRetain, time)
        case .publish(let topic, let retain): return authorizePublish(topic, retain: retain, time)
        case .subscribe(let filter): return verdict(decide(.subscribe, filter, at: time), .subscribe, filter)
        case .receive(let topic): return verdict(decide(.receive, topic, at: time), .receive, topic)
        }
    }

    private func authorizeConnect(
        _ clientID: String, _ willTopic: String?, _ willRetain: Bool, _ time: Int64?
    )
        -> MQTTVerdict
    {
        guard context.clientID?.isIdentical(to: clientID) ?? false else {
            return verdict(.implicitDeny, .connect, clientID)
        }
        var context = context
        context.lastWillTopic = willTopic.map { scope.arn(topic: $0) }
        context.connectAttributes.removeAll { $0 == PolicyContext.lastWill }
        if willTopic != nil { context.connectAttributes.append(PolicyContext.lastWill) }
        let decision =
            context == self.context
            ? decide(.connect, clientID, at: time)
            : policies.evaluate(request(.connect, clientID), in: context, at: time)
        guard decision.isAllowed, let willTopic else { return verdict(decision, .connect, clientID) }
        return authorizePublish(willTopic, retain: willRetain, time)
    }

    private func authorizePublish(_ topic: String, retain: Bool, _ time: Int64?) -> MQTTVerdict {
        let decision = decide(.publish, topic, at: time)
        guard decision.isAllowed, retain else { return verdict(decision, .publish, topic) }
        if !policies.options.allowsRetainedPublishToReservedTopics, topic.utf8.starts(with: "$aws/".utf8) {
            return verdict(.implicitDeny, .retainPublish, topic)
        }
        return verdict(decide(.retainPublish, topic, at: time), .retainPublish, topic)
    }

    private func verdict(_ decision: PolicyDecision, _ action: MQTTAction, _ name: String) -> MQTTVerdict {
        decision.isAllowed
            ? .allowed : MQTTVerdict(decision: decision, deniedAction: action, deniedName: name)
    }
}
