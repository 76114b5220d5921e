public import GatewayTLS

/// A server name, or several, under which the gateway presents itself in its own way: AWS IoT Core's domain
/// configuration.
public struct GatewayDomain: Sendable {
    /// What it is called in the log. Policies see the server name, as `iot:DomainName`.
    public var name: String
    /// The server names (SNI) it answers: host names, or "*." and a host name for one more label in front.
    public var serverNames: [String]
    /// The local ports it answers on; empty: any.
    public var ports: Set<Int>
    /// Server credentials: one, or one RSA and one EC side by side; empty: the endpoint's.
    public var credentials: [TLSCredential]
    /// TLS versions accepted; `nil`: the policy's, or the endpoint's.
    public var versions: ClosedRange<TLSVersion>?
    /// One of AWS IoT Core's policies, which decides cipher suites and, unless ``versions`` is set, versions;
    /// `nil`: the endpoint's.
    public var securityPolicy: TLSSecurityPolicy?
    /// Whether a device has to present a certificate in the handshake; `nil`: as the endpoint has it.
    public var clientCertificate: TLSClientCertificateMode?
    /// ALPN protocol names; `nil`: the endpoint's.
    public var applicationProtocols: [String]?
    /// What devices speak, by AWS IoT Core's name for it. This gateway speaks ``secureMQTT`` alone.
    public var applicationProtocol: String

    /// MQTT over TLS.
    public static let secureMQTT = "SECURE_MQTT"

    /// Creates a domain that differs from its endpoint in its names alone, until told otherwise.
    public init(
        name: String, serverNames: [String], ports: Set<Int> = [], credentials: [TLSCredential] = [],
        versions: ClosedRange<TLSVersion>? = nil, clientCertificate: TLSClientCertificateMode? = nil,
        applicationProtocols: [String]? = nil, applicationProtocol: String = GatewayDomain.secureMQTT
    ) {
        self.name = name
        self.serverNames = serverNames
        self.ports = ports
        self.credentials = credentials
        self.versions = versions
        self.clientCertificate = clientCertificate
        self.applicationProtocols = applicationProtocols
        self.applicationProtocol = applicationProtocol
    }
}
