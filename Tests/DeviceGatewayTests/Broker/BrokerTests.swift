import BrokerCore
import IoTPolicy
import MQTTCodec
import NIOCore
import NIOEmbedded
import Testing
import X509Auth

@testable import DeviceGateway

/// The broker by itself: sessions, their timers, and what is retained.
struct BrokerTests {
    final class Target: DeliveryTarget {
        let eventLoop: any EventLoop = EmbeddedEventLoop()
        func drain() {}
        func supersede() {}
    }

    /// A broker, and grants for it.
    struct Fixture {
        let registry: DeviceRegistry
        let admission: Admission
        let broker: Broker
        let policies: PolicySet
        let scope: ARNScope

        init(_ configuration: GatewayConfiguration = GatewayConfiguration()) async throws {
            registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
            admission = Admission(registry: registry, configuration: configuration)
            broker = Broker(configuration: configuration, admission: admission)
            scope = configuration.scope
            policies = PolicySet([
                NamedPolicy(name: "everything", document: try PolicyDocument(json: TestGateway.everything))
            ])
        }

        func identity(_ clientID: String, _ principal: Principal) -> DeviceIdentity {
            let context = PolicyContext(transport: .mqtt, clientID: clientID)
            return DeviceIdentity(
                principal: principal, thing: nil, context: context,
                policy: policies.specialized(for: context, scope: scope), notAfter: nil)
        }

        func open(
            _ clientID: String, principal: Principal = .anonymous, cleanStart: Bool = false,
            expiry: UInt32 = 0, will: MQTTWill? = nil, target: Target = Target(), now: GatewayTime
        ) throws -> Broker.OpenedSession {
            let identity = identity(clientID, principal)
            let grant = Admission.grant(
                identity,
                verdict: identity.policy.authorize(
                    .connect(clientID: clientID, willTopic: nil, willRetain: false)))
            var wakes = WakeList()
            let connect = MQTTConnect(
                version: .v5, clientID: clientID, cleanStart: cleanStart, keepAlive: 60, will: will,
                properties: .with { $0.sessionExpiryInterval = expiry })
            let terms = MQTTConnectionStateMachine.terms(of: connect, limits: GatewayLimits())
            guard let grant else { throw GatewayError(.notAuthorized, "no grant") }
            switch broker.open(
                grant, clientID: clientID, terms: terms, will: will, target: target, now: now, wakes: &wakes)
            {
            case .opened(let session): return session
            case .refused(let message): throw GatewayError(.limitExceeded, message)
            }
        }

        func close(_ opened: Broker.OpenedSession, now: GatewayTime) {
            var wakes = WakeList()
            broker.close(
                opened.session, epoch: opened.epoch,
                identity: identity(opened.session.clientID, opened.session.principal), ending: .abnormal,
                now: now,
                wakes: &wakes)
        }

        func publish(_ topic: String, _ text: String, retain: Bool, now: GatewayTime) -> Broker.PublishOutcome
        {
            var routes: [Route] = []
            var wakes = WakeList()
            return broker.publish(
                BrokerMessage(
                    topic: topic, payload: ByteBuffer(string: text), qos: .atLeastOnce, retain: retain),
                now: now.instant, routes: &routes, wakes: &wakes)
        }

        func subscribe(
            _ opened: Broker.OpenedSession, _ filter: String, now: GatewayTime
        ) throws -> [Broker.RetainedDelivery] {
            var retained: [Broker.RetainedDelivery] = []
            var visits = Int.max
            let result = broker.subscribe(
                opened.session, epoch: opened.epoch, filter: try MQTTTopicFilter(filter),
                options: SubscriptionOptions(qos: .atLeastOnce), now: now.instant, retained: &retained,
                visits: &visits)
            #expect(result == .granted)
            return retained
        }
    }

    struct WeakSession {
        weak var session: BrokerSession?
    }

    static let start = GatewayTime(
        instant: BrokerInstant(nanoseconds: 1_000_000_000), unixSeconds: TestGateway.now)

    @Test("a client that comes and goes leaves no timers, and so no sessions, behind without bound")
    func timersOfPastSessions() async throws {
        let fixture = try await Fixture()
        var sessions: [WeakSession] = []
        for _ in 0..<5_000 {
            // A session with a timer, and one that takes its place and ends at once.
            for expiry: UInt32 in [3_600, 0] {
                let opened = try fixture.open("a", cleanStart: true, expiry: expiry, now: Self.start)
                if expiry > 0 { sessions.append(WeakSession(session: opened.session)) }
                fixture.close(opened, now: Self.start)
            }
        }
        let alive = sessions.count { $0.session != nil }
        #expect(alive <= 1_026, "\(alive) of \(sessions.count) sessions are still there")
    }

    @Test("a session that is left and resumed ever again keeps one timer, and ends when the last one is due")
    func timersOfOneSession() async throws {
        let fixture = try await Fixture()
        var now = Self.start
        for _ in 0..<5_000 {
            let opened = try fixture.open("a", expiry: 600, now: now)
            fixture.close(opened, now: now)
            now.instant = now.instant.adding(seconds: 1)
        }
        var wakes = WakeList()
        now.instant = now.instant.adding(seconds: 598)
        fixture.broker.expire(now: now, wakes: &wakes)
        let resumed = try fixture.open("a", expiry: 600, now: now)
        #expect(resumed.isResumed)
        fixture.close(resumed, now: now)
        now.instant = now.instant.adding(seconds: 600)
        fixture.broker.expire(now: now, wakes: &wakes)
        #expect(try !fixture.open("a", expiry: 600, now: now).isResumed)
    }

    @Test("an expired session gives its place back")
    func expiredSessionsGiveTheirPlaceBack() async throws {
        var configuration = GatewayConfiguration()
        configuration.limits.maximumSessions = 1
        let fixture = try await Fixture(configuration)
        var now = Self.start
        fixture.close(try fixture.open("a", expiry: 10, now: now), now: now)
        #expect(throws: GatewayError(.limitExceeded, "")) { _ = try fixture.open("b", now: now) }
        now.instant = now.instant.adding(seconds: 10)
        var wakes = WakeList()
        fixture.broker.expire(now: now, wakes: &wakes)
        #expect(try !fixture.open("b", now: now).isResumed)
    }

    @Test("a retained message is refused when there is no room, reaches nobody, and the old one stays")
    func retainedIsRefusedWhenFull() async throws {
        var configuration = GatewayConfiguration()
        configuration.limits.maximumRetainedMessages = 1
        configuration.limits.maximumRetainedBytes = 100_000
        let fixture = try await Fixture(configuration)
        let subscriber = try fixture.open("s", now: Self.start)
        _ = try fixture.subscribe(subscriber, "#", now: Self.start)
        let first = fixture.publish("a", "1", retain: true, now: Self.start)
        #expect(!first.isRetainRefused)
        #expect(first.receivers == 1)
        for (topic, text) in [("b", "2"), ("a", String(repeating: "x", count: 200_000))] {
            let outcome = fixture.publish(topic, text, retain: true, now: Self.start)
            #expect(outcome.isRetainRefused)
            #expect(outcome.receivers == 0)
            #expect(!fixture.publish(topic, text, retain: false, now: Self.start).isRetainRefused)
        }
        let late = try fixture.open("late", now: Self.start)
        #expect(try fixture.subscribe(late, "#", now: Self.start).map(\.message.topic) == ["a"])
    }

    @Test("another principal takes the client identifier over, and starts afresh; the same one resumes")
    func takeOverByAnotherPrincipal() async throws {
        let fixture = try await Fixture()
        let ids = try (0..<2).map { _ in
            CertificateID(der: try TestAuthority().certificate.der)
        }
        let target = Target()
        let first = try fixture.open(
            "a", principal: .certificate(ids[0]), expiry: 600, target: target, now: Self.start)
        _ = try fixture.subscribe(first, "t", now: Self.start)

        let second = try fixture.open("a", principal: .certificate(ids[1]), expiry: 600, now: Self.start)
        #expect(!second.isResumed)
        #expect(second.superseded === target)
        #expect(second.session !== first.session)
        #expect(fixture.publish("t", "x", retain: false, now: Self.start).receivers == 0)

        // What the first connection still says touches nothing.
        fixture.close(first, now: Self.start)
        let again = try fixture.open("a", principal: .certificate(ids[1]), expiry: 600, now: Self.start)
        #expect(again.isResumed)
        #expect(again.session === second.session)
    }
}
