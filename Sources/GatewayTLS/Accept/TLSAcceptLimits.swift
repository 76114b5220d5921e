/// What an ``AcceptGate`` lets in.
public struct TLSAcceptLimits: Hashable, Sendable {
    /// Connections in all, handshakes included.
    public var maximumConnections = 100_000
    /// Connections from one prefix of addresses; nil: as many as in all. Half of all by default, so that no
    /// single address can take every place, however many devices a NAT hides behind it.
    public var maximumConnectionsPerPrefix: Int? = 50_000
    /// How many bits of an IPv4 address make a prefix.
    public var ipv4PrefixLength = 32
    /// How many bits of an IPv6 address make a prefix; a customer commonly gets a /56 (RFC 6177).
    public var ipv6PrefixLength = 56
    /// New connections from everybody; nil: as many as come.
    public var connections: AcceptRate?
    /// New connections from one prefix; nil: as many as come. By default a NAT's worth of devices may come
    /// back at once, and after that one prefix gets 500 a second, a seventh of what a core can do.
    public var connectionsPerPrefix: AcceptRate? = AcceptRate(perSecond: 500, burst: 5_000)
    /// Addresses that the limits per prefix do not concern. By default those of this machine: whatever runs
    /// here, such as a proxy, would be one address for everybody.
    public var exemptPrefixes: [AddressPrefix] = [
        AddressPrefix("127.0.0.0/8"), AddressPrefix("::1/128"),
    ].compactMap(\.self)
    /// Prefixes remembered after their last connection has gone, for their rate; 24 bytes each, and a hash
    /// table's room. Past this number those idle longest are forgotten.
    public var maximumIdlePrefixes = 65_536

    /// Creates the default limits.
    public init() {}
}
