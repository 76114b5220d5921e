extension ContextReader {
    /// Why a key has no value here.
    func absenceReason(_ key: ContextKey) -> String {
        switch key {
        case .clientID:
            if hasUnsubstitutableClientID { return "client IDs with * or ? are not put into patterns here" }
            return context.transport == .http ? "there is no client ID over HTTPS" : "no client ID is known"
        case .sourceIP:
            return context.sourceVPCE == nil
                ? "the client's address is not known" : "the request came through a VPC endpoint"
        case .domainName: return "the client asked for no server name"
        case .thingName, .thingTypeName, .thingIsAttached, .thingAttribute: return thingReason(key)
        case .certificateName, .certificateAlternativeName, .certificateID, .certificateSerialNumber,
            .certificateAvailableKeys:
            return certificateReason(key)
        case .connectAttributes:
            return isConnect
                ? "the session is not persistent and has no Will" : "only iot:Connect has this key"
        case .lastWillTopic: return isConnect ? "the CONNECT has no Will" : "only iot:Connect has this key"
        case .messageTopic: return "only iot:SendDirectMessage has this key"
        case .includeSocketInformation: return "only iot:GetConnection has this key"
        case .sourceVPC, .sourceVPCE, .vpcSourceIP: return "the request did not come through a VPC endpoint"
        case .currentTime, .epochTime, .secureTransport:
            return options.providesGlobalKeys ? "the time is not known" : "this key is not provided here"
        case .other(let name):
            return name.hasPrefix("iot:") || name.hasPrefix("aws:")
                ? "no such key is known" : "the host supplied no value"
        }
    }

    private func thingReason(_ key: ContextKey) -> String {
        guard context.transport != .http else { return "thing variables do not resolve over HTTPS" }
        guard let thing = context.thing else { return "no thing goes with this connection" }
        guard thing.isAttached else { return "the certificate is not attached to thing `\(thing.name)`" }
        guard associatedThing != nil else {
            guard let clientID = context.clientID else { return "no client ID is known" }
            return "client ID `\(clientID)` isn't thing `\(thing.name)`"
        }
        switch key {
        case .thingTypeName: return "thing `\(thing.name)` has no type"
        case .thingAttribute(let name): return "thing `\(thing.name)` has no attribute `\(name)`"
        default: return "client ID `\(context.clientID ?? "")` isn't thing `\(thing.name)`"
        }
    }

    private func certificateReason(_ key: ContextKey) -> String {
        guard context.certificate != nil else { return "the connection has no client certificate" }
        var listed: ContextKey?
        switch key {
        case .certificateName(let party, let attribute, _):
            listed = .certificateName(party, attribute: attribute, .list)
        case .certificateAlternativeName(let party, let kind, _):
            listed = .certificateAlternativeName(party, kind: kind, .list)
        default: break
        }
        guard let listed else { return "it is not known" }
        let count = values(listed).count
        guard count > 0 else { return "the certificate has no such value" }
        if case .certificateName(_, _, .index(let index)) = key, index >= count {
            return "the certificate has only \(count) of them"
        }
        if case .certificateAlternativeName(_, _, .index(let index)) = key, index >= count {
            return "the certificate has only \(count) of them"
        }
        return "its value holds one of * $ + ? # or is longer than 1024 characters"
    }

    /// A variable with its value, or the reason it has none.
    func explain(_ variable: VariableReference) -> PolicyExplanation.Variable {
        if let value = value(variable) {
            return PolicyExplanation.Variable(name: variable.name, value: value, reason: nil)
        }
        let reason =
            variable.key.isMultiValued
            ? "a key with several values cannot be a variable" : absenceReason(variable.key)
        return PolicyExplanation.Variable(name: variable.name, value: nil, reason: reason)
    }
}
