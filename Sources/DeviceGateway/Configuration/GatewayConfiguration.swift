public import GatewayTLS
public import IoTPolicy

/// Everything a gateway needs to know before it starts.
///
/// A gateway without any endpoint is legal: it serves its host through ``Gateway/client(_:)`` alone.
public struct GatewayConfiguration: Sendable {
    /// Partition, Region and account that resource ARNs are built with.
    public var scope: ARNScope
    /// The mutual-TLS endpoint; `nil` opens none.
    public var tls: TLSEndpoint?
    /// The plaintext endpoint for tests and TLS-terminating proxies; `nil`, the default, opens none.
    public var plaintext: PlaintextEndpoint?
    /// Bounds on what peers can make grow, and deadlines.
    public var limits: GatewayLimits
    /// Choices where the MQTT standard and AWS IoT Core differ or leave room.
    public var behaviour: GatewayBehaviour

    /// Creates a configuration; every argument has a safe default.
    public init(
        scope: ARNScope = ARNScope(region: "us-east-1", accountID: "123456789012"),
        tls: TLSEndpoint? = nil,
        plaintext: PlaintextEndpoint? = nil,
        limits: GatewayLimits = GatewayLimits(),
        behaviour: GatewayBehaviour = GatewayBehaviour()
    ) {
        self.scope = scope
        self.tls = tls
        self.plaintext = plaintext
        self.limits = limits
        self.behaviour = behaviour
    }
}

/// Where the gateway accepts devices over mutual TLS.
public struct TLSEndpoint: Sendable {
    /// Address or host name to bind; `::` accepts IPv6 and IPv4 where the system allows it.
    public var host: String
    /// TCP port; 0 lets the system choose.
    public var port: Int
    /// Server credentials: one, or one RSA and one EC side by side.
    public var credentials: [TLSCredential]
    /// TLS versions accepted; the default is 1.2 to 1.3.
    public var versions: ClosedRange<TLSVersion>

    /// Creates an endpoint on AWS IoT Core's MQTT port, 8883, on all addresses.
    public init(
        host: String = "0.0.0.0",
        port: Int = 8883,
        credentials: [TLSCredential],
        versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3
    ) {
        self.host = host
        self.port = port
        self.credentials = credentials
        self.versions = versions
    }
}

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
