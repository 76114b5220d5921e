public import GatewayTLS

/// Where the gateway accepts devices over mutual TLS.
///
/// What is set here answers every device that no entry of ``domains`` does.
public struct TLSEndpoint: Sendable {
    /// Address or host name to bind; `::` accepts IPv6 and IPv4 where the system allows it.
    public var host: String
    /// TCP port; 0 lets the system choose.
    public var port: Int
    /// Server credentials: one, or one RSA and one EC side by side.
    public var credentials: [TLSCredential]
    /// TLS versions accepted; the default is 1.2 to 1.3. Not looked at when there is a ``securityPolicy``.
    public var versions: ClosedRange<TLSVersion>
    /// One of AWS IoT Core's policies, which decides versions and cipher suites; `nil`: ``versions``, with
    /// forward-secret suites.
    public var securityPolicy: TLSSecurityPolicy?
    /// An older or newer first version than the ``securityPolicy`` has; `nil`: the policy's.
    public var securityPolicyMinimumVersion: TLSVersion?
    /// Whether a device has to present a certificate in the handshake. With `.optional` one without is let
    /// through it, and refused at CONNECT, where MQTT can say why.
    public var clientCertificate: TLSClientCertificateMode = .required
    /// Certificates (PEM) of authorities that a device's chain has to lead to, over and above being
    /// registered; `nil`: the registry alone decides, and devices need to send no chain.
    public var clientAuthoritiesPEM: String?
    /// ALPN protocol names; see ``GatewayTLS/TLSServerConfiguration/applicationProtocols``.
    public var applicationProtocols: [String] = []
    /// Whether devices may resume sessions, in any domain; the certificate's status is judged each time.
    public var resumption: TLSResumption = .off
    /// Where the secrets of connections are written, for Wireshark and the like; `nil`, as it should be: nowhere.
    public var keyLog: TLSKeyLog?
    /// Server names with settings of their own.
    public var domains: [GatewayDomain] = []
    /// What becomes of a device that asks (SNI) for a name of no domain. Without ``domains`` any name is
    /// accepted.
    public var unknownServerName: TLSUnknownServerName = .useDefault
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
