/// Bounds on what a peer may send, in bytes of whole packets, fixed header included.
public struct MQTTLimits: Hashable, Sendable {
    /// The largest packet the protocol can express: 5 bytes of fixed header and 268,435,455 after it.
    public static let largestPacket = 268_435_460

    /// Largest packet accepted.
    public var maximumPacketSize: Int
    /// Largest packet a server accepts before the CONNECT has been accepted, when the peer is not yet
    /// known. The smaller of the two limits holds.
    public var maximumConnectPacketSize: Int

    /// Limits.
    public init(maximumPacketSize: Int = largestPacket, maximumConnectPacketSize: Int = 65_536) {
        self.maximumPacketSize = maximumPacketSize
        self.maximumConnectPacketSize = maximumConnectPacketSize
    }
}
