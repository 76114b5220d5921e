public import GatewayTLS

/// Bounds on everything a peer can make grow, and the deadlines a peer has to meet.
///
/// The numbers are the gateway's own; where AWS IoT Core publishes a quota
/// ("AWS IoT Core endpoints and quotas") it is named.
public struct GatewayLimits: Sendable, Hashable {
    /// Connections in all, on both endpoints, handshakes included. Past it the newcomer takes the place of one
    /// that has not got through yet; if there is none, it is closed at once.
    public var maximumConnections: Int = 100_000
    /// Connections from one prefix of addresses; `nil`: as many as in all.
    public var maximumConnectionsPerPrefix: Int? = 50_000
    /// New connections a second from everybody, and how many may come at once; `nil`: as many as come.
    public var connectionRate: AcceptRate?
    /// New connections a second from one prefix of addresses; `nil`: as many as come.
    public var connectionRatePerPrefix: AcceptRate? = AcceptRate(perSecond: 500, burst: 5_000)
    /// How many bits of an IPv4 address make a prefix.
    public var ipv4PrefixLength: Int = 32
    /// How many bits of an IPv6 address make a prefix.
    public var ipv6PrefixLength: Int = 56
    /// Addresses that the limits per prefix do not concern; by default this machine's own.
    public var exemptPrefixes: [AddressPrefix] = TLSAcceptLimits().exemptPrefixes
    /// Connections that have sent nothing yet (plaintext: no complete CONNECT), on each event loop. Past it the
    /// oldest is ended.
    public var maximumSilentPerEventLoop: Int = 4_096
    /// TLS handshakes in progress at once, on each event loop. Past it the one longest without progress is
    /// ended, so that stalled ones cannot lock devices out.
    public var maximumHandshakesPerEventLoop: Int = 1_024
    /// How much of one tick of an event loop handshakes may take, so that a storm of them does not stall
    /// established connections.
    public var handshakeTimePerTick: Duration = .milliseconds(2)
    /// Time from accept to the first byte.
    public var firstByteTimeout: Duration = .seconds(5)
    /// Time from accept to a finished TLS handshake. Not reset by bytes trickling in.
    public var handshakeTimeout: Duration = .seconds(15)
    /// Time from the finished handshake (plaintext: from accept) to a complete CONNECT.
    public var connectTimeout: Duration = .seconds(10)
    /// How long a connection may live; then it is closed with Maximum connect time (MQTT 5). `nil`: as long as
    /// it likes.
    public var maximumConnectionLifetime: Duration?
    /// How long a closed connection may take to read the last packet before it is cut.
    public var closeTimeout: Duration = .seconds(2)
    /// Largest MQTT packet accepted, in bytes. Advertised in CONNACK.
    public var maximumPacketSize: Int = 1_048_576
    /// Largest CONNECT packet, in bytes: all that an unauthenticated peer can make the gateway hold.
    public var maximumConnectPacketSize: Int = 65_536
    /// Longest client identifier, in bytes of UTF-8 (AWS IoT Core: 128).
    public var maximumClientIDLength: Int = 128
    /// Longest keep-alive, in seconds; a client that asks for more, or for none, gets this
    /// (AWS IoT Core: 1,200).
    public var maximumKeepAlive: UInt16 = 1_200
    /// Longest session expiry interval, in seconds (AWS IoT Core: 3,600 by default).
    public var maximumSessionExpiryInterval: UInt32 = 3_600
    /// Unacknowledged QoS 1 messages towards one client (AWS IoT Core: 100).
    public var maximumInflight: UInt16 = 100
    /// QoS 1 messages a client may have unacknowledged towards the gateway; advertised as Receive Maximum.
    public var receiveMaximum: UInt16 = 100
    /// Messages waiting for one session.
    public var maximumQueuedMessages: Int = 10_000
    /// Bytes waiting for one session.
    public var maximumQueuedBytes: Int = 16 * 1_048_576
    /// Subscriptions of one session (AWS IoT Core: 50, adjustable).
    public var maximumSubscriptionsPerSession: Int = 1_000
    /// Filters in one SUBSCRIBE or UNSUBSCRIBE (AWS IoT Core: 8). A client that sends more is disconnected.
    public var maximumFiltersPerRequest: Int = 100
    /// Sessions in all, with or without a connection.
    public var maximumSessions: Int = 200_000
    /// Retained messages in all.
    public var maximumRetainedMessages: Int = 500_000
    /// Bytes of retained messages in all.
    public var maximumRetainedBytes: Int = 256 * 1_048_576
    /// Topic levels looked at to answer the filters of one SUBSCRIBE with retained messages; what would need
    /// more is not sent. The search holds up every publisher.
    public var maximumRetainedLevelsVisited: Int = 20_000
    /// Topic aliases a client may set (AWS IoT Core: 8).
    public var topicAliasMaximum: UInt16 = 8
    /// Messages waiting for one in-process subscription; the oldest are dropped past it.
    public var maximumHostQueuedMessages: Int = 10_000
    /// Refusals of one connection that are explained to observers and the log in one second;
    /// the rest are only counted, so that a flood of refused packets stays cheap.
    public var maximumExplanationsPerSecond: Int = 20

    /// The defaults.
    public init() {}
}
