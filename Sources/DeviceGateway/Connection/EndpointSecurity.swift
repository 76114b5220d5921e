import GatewayTLS

/// What comes before MQTT on an endpoint.
struct EndpointSecurity: Sendable {
    /// TLS; nil on the plaintext endpoint.
    var tls: TLSContext?
    /// Whose PROXY headers are required and believed.
    var proxy: PROXYProtocol?
}
