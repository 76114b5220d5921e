public import MQTTCodec
public import X509Auth

/// Who is on a connection.
public struct ConnectionSummary: Sendable, Hashable {
    /// Number of the connection in this gateway's life; never reused.
    public var id: UInt64
    /// MQTT client identifier, the assigned one when the client sent none.
    public var clientID: String
    /// The certificate the device proved to hold; `nil` on the plaintext endpoint.
    public var certificate: CertificateID?
    /// The thing the connection is associated with, by AWS IoT's rule.
    public var thingName: String?
    /// Remote address and port, as text.
    public var remoteAddress: String
    /// MQTT version.
    public var version: MQTTVersion
    /// Wall time of admission, in seconds since 1970.
    public var connectedAt: Int64
}
