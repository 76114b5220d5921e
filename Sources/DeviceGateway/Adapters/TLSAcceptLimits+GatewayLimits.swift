import BrokerCore
import GatewayTLS
import NIOCore

extension TLSAcceptLimits {
    /// Who may connect, of a gateway's limits.
    init(_ limits: GatewayLimits) {
        self.init()
        maximumConnections = limits.maximumConnections
        maximumConnectionsPerPrefix = limits.maximumConnectionsPerPrefix
        ipv4PrefixLength = limits.ipv4PrefixLength
        ipv6PrefixLength = limits.ipv6PrefixLength
        connections = limits.connectionRate
        connectionsPerPrefix = limits.connectionRatePerPrefix
        exemptPrefixes = limits.exemptPrefixes
    }
}

extension HandshakeBudgetLimits {
    init(_ limits: GatewayLimits) {
        self.init()
        maximumTime = TimeAmount(limits.handshakeTimePerTick)
    }
}

extension NIODeadline {
    /// The same moment for the gate.
    init(_ instant: BrokerInstant) {
        self = .uptimeNanoseconds(min(instant.nanoseconds, UInt64(Int64.max)))
    }
}
