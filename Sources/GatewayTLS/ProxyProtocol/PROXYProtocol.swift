public import NIOCore

/// From whom a listener takes the PROXY protocol, versions 1 and 2
/// (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt).
///
/// From a trusted peer the header is required; from anybody else it is not understood, and so ends the
/// connection like any other bytes that are not TLS. Nobody can claim an address by merely sending one.
public struct PROXYProtocol: Hashable, Sendable {
    /// The proxies' own addresses.
    public var trustedPeers: [AddressPrefix]
    /// The largest header taken, in bytes, 232 at least.
    public var maximumHeaderSize = 4_096
    /// How long the header may take, from the connection's start.
    public var headerTimeout = TimeAmount.seconds(5)

    /// Creates the rule for some proxies.
    public init(trustedPeers: [AddressPrefix]) {
        self.trustedPeers = trustedPeers
    }

    /// Whether the header is required of a peer.
    public func isRequired(of peer: SocketAddress?) -> Bool { trustedPeers.contains(peer) }
}
