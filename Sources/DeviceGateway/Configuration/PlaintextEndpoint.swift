public import GatewayTLS

/// A listener without TLS. Whoever reaches it is anonymous, so it stays on the loopback interface.
public struct PlaintextEndpoint: Sendable {
    /// Address to bind. Anything but a loopback address needs
    /// ``dangerouslyAllowBeyondLoopback``.
    public var host: String
    /// TCP port; 0 lets the system choose.
    public var port: Int
    /// Lets this endpoint bind an address that other machines can reach. Everything on it,
    /// MQTT credentials included, then crosses the network unprotected.
    public var dangerouslyAllowBeyondLoopback: Bool
    /// Names of the registered policies that anonymous clients are held to.
    /// Empty refuses every anonymous client.
    public var anonymousPolicies: [String]
    /// Proxies in front of this endpoint, which name each device's address by the PROXY protocol; `nil`, the
    /// default: there are none.
    public var proxy: PROXYProtocol?

    /// Creates an endpoint on the loopback interface that refuses anonymous clients until it is
    /// given policies.
    public init(
        host: String = "127.0.0.1",
        port: Int = 1883,
        dangerouslyAllowBeyondLoopback: Bool = false,
        anonymousPolicies: [String] = []
    ) {
        self.host = host
        self.port = port
        self.dangerouslyAllowBeyondLoopback = dangerouslyAllowBeyondLoopback
        self.anonymousPolicies = anonymousPolicies
    }
}
