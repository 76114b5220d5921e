public import GatewayTLS

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
    /// Load balancers in front of this endpoint, which pass TLS through and name each device's address by the
    /// PROXY protocol; `nil`, the default: there are none.
    public var proxy: PROXYProtocol?

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
