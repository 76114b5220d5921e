/// Which side of the connection is decoding. It settles which packets and properties may arrive.
public enum MQTTRole: Hashable, Sendable, BitwiseCopyable {
    /// The server decodes what clients send.
    case server
    /// The client decodes what the server sends.
    case client
}
