import BrokerCore
import MQTTCodec
import NIOCore
import Testing

@testable import DeviceGateway

/// Events in, actions out: no socket, no clock.
struct MQTTConnectionStateMachineTests {
    func connect(
        _ version: MQTTVersion = .v5, clientID: String = "valve-3", cleanStart: Bool = true,
        keepAlive: UInt16 = 60, will: MQTTWill? = nil, properties: MQTTProperties = MQTTProperties()
    ) -> MQTTConnect {
        MQTTConnect(
            version: version, clientID: clientID, cleanStart: cleanStart, keepAlive: keepAlive, will: will,
            properties: properties)
    }

    // MARK: CONNECT

    @Test func firstConnectIsAdmitted() {
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        #expect(
            machine.connectReceived(connect(), assignedClientID: "x")
                == .admit(clientID: "valve-3", isAssigned: false))
        #expect(machine.admitted() != nil)
        #expect(machine.packetReceived() == .proceed)
    }

    @Test("MQTT-3.1.0-1: the first packet is CONNECT")
    func packetBeforeConnect() {
        let machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        #expect(machine.packetReceived() != .proceed)
    }

    @Test("MQTT-3.1.0-2: a second CONNECT is a violation, admitted or not", arguments: [true, false])
    func secondConnect(afterAdmission: Bool) {
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        _ = machine.connectReceived(connect(), assignedClientID: "x")
        if afterAdmission { _ = machine.admitted() }
        guard case .violation = machine.connectReceived(connect(), assignedClientID: "x") else {
            Issue.record("a second CONNECT was taken")
            return
        }
        let isEnded = machine.isEnded
        #expect(isEnded)
        #expect(machine.admitted() == nil, "an ended connection must not be admitted")
    }

    @Test("MQTT-3.1.3-8: an empty client identifier with CleanSession 0 is refused in 3.1.1")
    func emptyClientIDWithoutCleanSession() {
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        let action = machine.connectReceived(
            connect(.v3_1_1, clientID: "", cleanStart: false), assignedClientID: "x")
        guard case .refuse(.clientIdentifierNotValid, _) = action else {
            Issue.record("\(action)")
            return
        }
    }

    @Test("MQTT-3.1.3-6: an empty client identifier is assigned one", arguments: [MQTTVersion.v3_1_1, .v5])
    func emptyClientIDIsAssigned(version: MQTTVersion) {
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        #expect(
            machine.connectReceived(connect(version, clientID: ""), assignedClientID: "auto-1")
                == .admit(clientID: "auto-1", isAssigned: true))
    }

    @Test func clientIDLengthIsBoundedAtItsEdge() {
        for (length, isAccepted) in [(128, true), (129, false)] {
            var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
            let action = machine.connectReceived(
                connect(clientID: String(repeating: "a", count: length)), assignedClientID: "x")
            if case .admit = action { #expect(isAccepted) } else { #expect(!isAccepted) }
        }
    }

    @Test func enhancedAuthenticationIsRefused() {
        var properties = MQTTProperties()
        properties.authenticationMethod = "SCRAM-SHA-256"
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        guard
            case .refuse(.badAuthenticationMethod, _) = machine.connectReceived(
                connect(properties: properties), assignedClientID: "x")
        else {
            Issue.record("enhanced authentication was taken")
            return
        }
    }

    @Test func willAtQoS2IsRefused() throws {
        let will = MQTTWill(
            topic: try MQTTTopicName("a"), payload: .init(), qos: .exactlyOnce, retain: false,
            properties: MQTTProperties())
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        guard
            case .refuse(.qosNotSupported, _) = machine.connectReceived(
                connect(will: will), assignedClientID: "x")
        else {
            Issue.record("a Will at QoS 2 was taken")
            return
        }
    }

    // MARK: Terms

    @Test("AWS IoT Core quotas: keep-alive 0 or above 1200 becomes 1200")
    func keepAliveIsBounded() {
        let limits = GatewayLimits()
        for (asked, granted) in [(0, 1200), (1201, 1200), (1200, 1200), (30, 30)] as [(UInt16, UInt16)] {
            let terms = MQTTConnectionStateMachine.terms(of: connect(keepAlive: asked), limits: limits)
            #expect(terms.keepAlive == granted)
        }
    }

    @Test func sessionExpiryIntervalIsCappedAndClean311HasNone() {
        let limits = GatewayLimits()
        var properties = MQTTProperties()
        properties.sessionExpiryInterval = .max
        #expect(
            MQTTConnectionStateMachine.terms(of: connect(properties: properties), limits: limits)
                .sessionExpiryInterval == 3600)
        #expect(
            MQTTConnectionStateMachine.terms(of: connect(.v3_1_1), limits: limits).sessionExpiryInterval == 0)
        #expect(
            MQTTConnectionStateMachine.terms(of: connect(.v3_1_1, cleanStart: false), limits: limits)
                .sessionExpiryInterval == 3600)
    }

    @Test("MQTT-3.1.2-22: silence is ended after one and a half keep-alive intervals")
    func keepAliveDeadline() {
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        _ = machine.connectReceived(connect(keepAlive: 60), assignedClientID: "x")
        let start = BrokerInstant(nanoseconds: 0)
        #expect(machine.keepAliveDeadline(lastReceived: start) == nil, "not before admission")
        _ = machine.admitted()
        #expect(machine.keepAliveDeadline(lastReceived: start) == start.adding(seconds: 90))
    }

    // MARK: Topic aliases

    func connected() -> MQTTConnectionStateMachine {
        var machine = MQTTConnectionStateMachine(limits: GatewayLimits())
        _ = machine.connectReceived(connect(), assignedClientID: "x")
        _ = machine.admitted()
        return machine
    }

    @Test("MQTT-3.3.2-12: an alias stands for the topic it was last set to")
    func aliasIsRemembered() {
        var machine = connected()
        #expect(machine.aliasReceived(3, topic: "a/b") == .topic("a/b"))
        #expect(machine.aliasReceived(3, topic: "") == .topic("a/b"))
        #expect(machine.aliasReceived(3, topic: "c") == .topic("c"))
        #expect(machine.aliasReceived(3, topic: "") == .topic("c"))
    }

    @Test func unknownAndTooLargeAliasesAreViolations() {
        var machine = connected()
        guard case .violation(.protocolError, _) = machine.aliasReceived(1, topic: "") else {
            Issue.record("an alias that was never set was resolved")
            return
        }
        guard case .violation(.topicAliasInvalid, _) = machine.aliasReceived(9, topic: "a") else {
            Issue.record("an alias above the maximum was taken")
            return
        }
        guard case .topic = machine.aliasReceived(8, topic: "a") else {
            Issue.record("the highest alias was refused")
            return
        }
    }

    // MARK: DISCONNECT

    @Test("MQTT-3.14.4-3: only reason code 0 withholds the Will")
    func disconnectAndTheWill() {
        for (code, withholds) in [(MQTTReasonCode.success, true), (.disconnectWithWill, false)] {
            var machine = connected()
            #expect(
                machine.disconnectReceived(MQTTDisconnect(reasonCode: code))
                    == .end(withholdsWill: withholds, sessionExpiryInterval: 0))
            let isEnded = machine.isEnded
            #expect(isEnded)
        }
    }

    @Test("MQTT-3.14.2-2: DISCONNECT may not raise a Session Expiry Interval of 0")
    func disconnectMayNotReviveTheSession() {
        var machine = connected()
        var properties = MQTTProperties()
        properties.sessionExpiryInterval = 10
        guard
            case .violation = machine.disconnectReceived(
                MQTTDisconnect(reasonCode: .success, properties: properties))
        else {
            Issue.record("an expiry interval was raised from 0")
            return
        }
    }
}
