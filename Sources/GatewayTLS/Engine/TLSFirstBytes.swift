/// What the first bytes on a connection look like.
public enum TLSFirstBytes: Hashable, Sendable {
    /// The start of a TLS handshake record.
    case tls
    /// Too few bytes to tell; nothing seen so far speaks against TLS.
    case needMore
    /// An MQTT CONNECT without TLS.
    case plainMQTT
    /// An HTTP request without TLS.
    case http
    /// None of these.
    case other

    /// Classifies the first bytes on a TLS port without creating any TLS object.
    ///
    /// A handshake record starts 0x16, 0x03, a minor version of at most 4 and a length of 1 to 16,640,
    /// and its first message is a ClientHello (RFC 8446, sections 4 and 5.1).
    public static func classify(_ bytes: UnsafeRawBufferPointer) -> TLSFirstBytes {
        guard let first = bytes.first else { return .needMore }
        switch first {
        case 0x16:
            if bytes.count > 1, bytes[1] != 3 { return .other }
            if bytes.count > 2, bytes[2] > 4 { return .other }
            guard bytes.count >= 6 else { return .needMore }
            let length = Int(bytes[3]) << 8 | Int(bytes[4])
            return (1...16_640).contains(length) && bytes[5] == 1 ? .tls : .other
        case 0x10:
            return .plainMQTT
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            // No HTTP method is needed to tell: neither TLS nor MQTT starts with a capital letter.
            return .http
        default:
            return .other
        }
    }
}
