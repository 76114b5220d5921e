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
    /// Asking CAs' OCSP responders about devices; `nil`, the default, asks nobody.
    public var clientOCSP: ClientOCSP?
    /// Bounds on what peers can make grow, and deadlines.
    public var limits: GatewayLimits
    /// Choices where the MQTT standard and AWS IoT Core differ or leave room.
    public var behaviour: GatewayBehaviour

    /// Creates a configuration; every argument has a safe default.
    public init(
        scope: ARNScope = ARNScope(region: "us-east-1", accountID: "123456789012"),
        tls: TLSEndpoint? = nil,
        plaintext: PlaintextEndpoint? = nil,
        clientOCSP: ClientOCSP? = nil,
        limits: GatewayLimits = GatewayLimits(),
        behaviour: GatewayBehaviour = GatewayBehaviour()
    ) {
        self.scope = scope
        self.tls = tls
        self.plaintext = plaintext
        self.clientOCSP = clientOCSP
        self.limits = limits
        self.behaviour = behaviour
    }
}
