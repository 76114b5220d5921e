/// The places properties stand in, and what may stand there (MQTT 5 table 2-4).
enum PropertyContext: BitwiseCopyable, CaseIterable {
    case connect
    /// The will of a CONNECT.
    case will
    case connack
    /// PUBLISH from a client.
    case publishToServer
    /// PUBLISH from a server.
    case publishToClient
    /// PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK.
    case acknowledgement
    case subscribe
    case unsubscribe
    /// DISCONNECT from a client.
    case disconnectToServer
    /// DISCONNECT from a server.
    case disconnectToClient
    case auth

    /// The properties allowed, as bits.
    @inline(__always)
    var allowed: UInt64 {
        switch self {
        case .connect:
            PropertyID.sessionExpiryInterval.bit | PropertyID.receiveMaximum.bit
                | PropertyID.maximumPacketSize.bit | PropertyID.topicAliasMaximum.bit
                | PropertyID.requestResponseInformation.bit
                | PropertyID.requestProblemInformation.bit | PropertyID.userProperty.bit
                | PropertyID.authenticationMethod.bit | PropertyID.authenticationData.bit
        case .will:
            PropertyID.willDelayInterval.bit | PropertyID.payloadFormatIndicator.bit
                | PropertyID.messageExpiryInterval.bit | PropertyID.contentType.bit
                | PropertyID.responseTopic.bit | PropertyID.correlationData.bit
                | PropertyID.userProperty.bit
        case .connack:
            PropertyID.sessionExpiryInterval.bit | PropertyID.receiveMaximum.bit
                | PropertyID.maximumQoS.bit | PropertyID.retainAvailable.bit
                | PropertyID.maximumPacketSize.bit | PropertyID.assignedClientIdentifier.bit
                | PropertyID.topicAliasMaximum.bit | PropertyID.reasonString.bit
                | PropertyID.userProperty.bit | PropertyID.wildcardSubscriptionAvailable.bit
                | PropertyID.subscriptionIdentifiersAvailable.bit
                | PropertyID.sharedSubscriptionAvailable.bit | PropertyID.serverKeepAlive.bit
                | PropertyID.responseInformation.bit | PropertyID.serverReference.bit
                | PropertyID.authenticationMethod.bit | PropertyID.authenticationData.bit
        case .publishToServer:
            PropertyID.payloadFormatIndicator.bit | PropertyID.messageExpiryInterval.bit
                | PropertyID.topicAlias.bit | PropertyID.responseTopic.bit
                | PropertyID.correlationData.bit | PropertyID.userProperty.bit
                | PropertyID.contentType.bit
        case .publishToClient:
            PropertyID.payloadFormatIndicator.bit | PropertyID.messageExpiryInterval.bit
                | PropertyID.topicAlias.bit | PropertyID.responseTopic.bit
                | PropertyID.correlationData.bit | PropertyID.userProperty.bit
                | PropertyID.subscriptionIdentifier.bit | PropertyID.contentType.bit
        case .acknowledgement:
            PropertyID.reasonString.bit | PropertyID.userProperty.bit
        case .subscribe:
            PropertyID.subscriptionIdentifier.bit | PropertyID.userProperty.bit
        case .unsubscribe:
            PropertyID.userProperty.bit
        case .disconnectToServer:
            PropertyID.sessionExpiryInterval.bit | PropertyID.reasonString.bit
                | PropertyID.userProperty.bit | PropertyID.serverReference.bit
        case .disconnectToClient:
            PropertyID.reasonString.bit | PropertyID.userProperty.bit
                | PropertyID.serverReference.bit
        case .auth:
            PropertyID.authenticationMethod.bit | PropertyID.authenticationData.bit
                | PropertyID.reasonString.bit | PropertyID.userProperty.bit
        }
    }

    /// The properties that may be repeated, as bits.
    @inline(__always)
    var repeatable: UInt64 {
        switch self {
        case .publishToClient: PropertyID.userProperty.bit | PropertyID.subscriptionIdentifier.bit
        default: PropertyID.userProperty.bit
        }
    }

    /// The rule a property identifier breaks that is not one of ``allowed``.
    func refusal(of property: PropertyID) -> Rule {
        let isKnown = property.rawValue < 64 && property.bit & Self.known != 0
        return isKnown ? misplacement(of: property) : .propertyUnknown
    }

    /// Every property there is, as bits.
    private static let known = allCases.reduce(0) { $0 | $1.allowed }

    /// The rule a property breaks that may not stand here.
    func misplacement(of property: PropertyID) -> Rule {
        switch (self, property) {
        case (.publishToServer, .subscriptionIdentifier): .subscriptionIdentifierFromClient
        case (.disconnectToClient, .sessionExpiryInterval): .sessionExpiryFromServer
        default: .propertyMisplaced
        }
    }
}
