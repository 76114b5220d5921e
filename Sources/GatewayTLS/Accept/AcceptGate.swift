public import NIOCore

/// Decides who may connect, before any cryptography: so many connections in all and from one prefix of
/// addresses, and so many new ones a second.
///
/// A pure value: time and addresses go in, decisions come out. What is refused costs a closed socket.
/// Handshakes are not capped here, since turning newcomers away while a few slow ones hold every place is
/// itself a denial of service (CVE-2024-28854): see ``HandshakeQueue``.
public struct AcceptGate: Sendable {
    /// How often what has happened.
    public internal(set) var counters = AcceptCounters()
    /// Connections let in and not yet gone.
    public private(set) var connectionCount = 0

    private let limits: TLSAcceptLimits
    private var bucket = TokenBucket()
    private var prefixes: PrefixTable

    /// Creates a gate that has seen nobody.
    public init(limits: TLSAcceptLimits = TLSAcceptLimits()) {
        self.limits = limits
        prefixes = PrefixTable(maximumIdle: limits.maximumIdlePrefixes, rate: limits.connectionsPerPrefix)
    }

    /// The number of address prefixes remembered.
    public var prefixCount: Int { prefixes.count }

    /// Decides about a new connection.
    ///
    /// - Parameters:
    ///   - address: whose it is; nil when that will be known later (``identify(_:as:now:)``), or never.
    ///   - now: on any monotonic clock, always the same.
    /// - Returns: a permit, to be given back when the connection has ended.
    public mutating func admit(
        from address: SocketAddress?, now: NIODeadline
    ) throws(AcceptRefusal) -> AcceptPermit {
        if let rate = limits.connections, !bucket.hasToken(rate, now: now) { throw refused(.rate) }
        let prefix = prefix(of: address)
        if let prefix, let refusal = refusal(of: prefix, now) { throw refused(refusal) }
        // The number in all comes last: on that refusal somebody else may be made to go, which must not
        // happen for one who would be refused all the same.
        guard connectionCount < limits.maximumConnections else { throw refused(.connections) }
        if let prefix { count(prefix, now) }
        // Only now, so that whom the prefix's limits refuse does not use up what others need.
        if let rate = limits.connections { _ = bucket.take(rate, now: now) }
        connectionCount += 1
        counters[.accepted] += 1
        return AcceptPermit(prefix: prefix)
    }

    /// Decides about a connection whose address has only become known, from a proxy. Its permit remains to
    /// be given back, also when it is refused now.
    public mutating func identify(
        _ permit: inout AcceptPermit, as address: SocketAddress, now: NIODeadline
    ) throws(AcceptRefusal) {
        forget(permit, now)
        permit.prefix = nil
        guard let prefix = prefix(of: address) else { return }
        if let refusal = refusal(of: prefix, now) { throw refused(refusal) }
        count(prefix, now)
        permit.prefix = prefix
    }

    /// A connection that was let in has ended.
    public mutating func release(_ permit: AcceptPermit, now: NIODeadline) {
        connectionCount -= 1
        forget(permit, now)
    }

    /// The prefix an address counts for; nil where no limit concerns it.
    private func prefix(of address: SocketAddress?) -> AddressPrefix? {
        guard limits.maximumConnectionsPerPrefix != nil || limits.connectionsPerPrefix != nil,
            let address, !limits.exemptPrefixes.contains(address)
        else { return nil }
        return AddressPrefix(
            address, ipv4Length: limits.ipv4PrefixLength, ipv6Length: limits.ipv6PrefixLength)
    }

    /// Why one more connection of a prefix would be refused.
    private func refusal(of prefix: AddressPrefix, _ now: NIODeadline) -> AcceptRefusal? {
        let entry = prefixes[prefix]
        if let maximum = limits.maximumConnectionsPerPrefix, entry.connections >= maximum {
            return .prefixConnections(prefix)
        }
        if let rate = limits.connectionsPerPrefix, !entry.bucket.hasToken(rate, now: now) {
            return .prefixRate(prefix)
        }
        return nil
    }

    /// One connection of a prefix more.
    private mutating func count(_ prefix: AddressPrefix, _ now: NIODeadline) {
        let rate = limits.connectionsPerPrefix
        prefixes.update(prefix, now: now) { entry in
            entry.connections += 1
            if let rate { _ = entry.bucket.take(rate, now: now) }
        }
    }

    private mutating func forget(_ permit: AcceptPermit, _ now: NIODeadline) {
        guard let prefix = permit.prefix else { return }
        prefixes.update(prefix, now: now) { $0.connections = max(0, $0.connections - 1) }
    }

    private mutating func refused(_ refusal: AcceptRefusal) -> AcceptRefusal {
        counters[refusal.event] += 1
        return refusal
    }
}

/// One connection's place in an ``AcceptGate``.
public struct AcceptPermit: Hashable, Sendable {
    /// The prefix it counts for, if any.
    public internal(set) var prefix: AddressPrefix?
}

/// Why an ``AcceptGate`` refuses a connection.
public enum AcceptRefusal: Error, Hashable, Sendable {
    /// Too many connections in all.
    case connections
    /// Too many new connections a second.
    case rate
    /// Too many connections from this prefix.
    case prefixConnections(AddressPrefix)
    /// Too many new connections a second from this prefix.
    case prefixRate(AddressPrefix)

    var event: AcceptEvent {
        switch self {
        case .connections: .refusedConnections
        case .rate: .refusedRate
        case .prefixConnections: .refusedPrefixConnections
        case .prefixRate: .refusedPrefixRate
        }
    }
}

extension AcceptRefusal: CustomStringConvertible {
    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .connections: "the maximum number of connections is reached"
        case .rate: "too many new connections a second"
        case .prefixConnections(let prefix): "the maximum number of connections from \(prefix) is reached"
        case .prefixRate(let prefix): "too many new connections a second from \(prefix)"
        }
    }
}
