import NIOCore

/// The binary header (section 2.2): signature, version and command, family and protocol, length, addresses,
/// TLVs.
enum PROXYHeaderV2 {
    private enum Family {
        case unspecified, inet, inet6, unix

        /// Bytes of both addresses and, where there are any, ports.
        var addressLength: Int {
            switch self {
            case .unspecified: 0
            case .inet: 12
            case .inet6: 36
            case .unix: 216
            }
        }
    }

    /// The whole header's length, from its first 16 bytes.
    static func length(_ bytes: [UInt8], maximum: Int) throws(PROXYHeaderError) -> Int {
        _ = try command(bytes[12])
        let length = PROXYHeaderParser.fixedLength + (Int(bytes[14]) << 8 | Int(bytes[15]))
        guard length <= maximum else {
            throw PROXYHeaderError(
                .tooLong, at: 14, "the header is \(length) bytes long; at most \(maximum) are taken")
        }
        return length
    }

    /// Reads a whole header.
    static func read(_ bytes: [UInt8]) throws(PROXYHeaderError) -> PROXYHeader {
        let command = try command(bytes[12])
        var header = PROXYHeader(version: .v2, command: command)
        // A proxy's own connection: everything else, the family included, is discarded.
        if command == .local { return header }
        let (family, isStream) = try family(bytes[13])
        let tlvs = PROXYHeaderParser.fixedLength + family.addressLength
        guard tlvs <= bytes.count else {
            throw PROXYHeaderError(
                .malformedBlock, at: 14, "the header's length is too small for its family's addresses")
        }
        // Other protocols than TCP make no sense here, and are as good as unspecified.
        if isStream { (header.source, header.destination) = try addresses(bytes, family) }
        try PROXYHeaderTLVs.read(bytes, from: tlvs, into: &header)
        return header
    }

    private static func command(_ byte: UInt8) throws(PROXYHeaderError) -> PROXYHeader.Command {
        switch byte {
        case 0x20: return .local
        case 0x21: return .proxy
        default:
            throw PROXYHeaderError(.unassignedValue, at: 12, "unassigned version or command")
        }
    }

    private static func family(_ byte: UInt8) throws(PROXYHeaderError) -> (Family, isStream: Bool) {
        switch byte {
        case 0x00: return (.unspecified, false)
        case 0x11: return (.inet, true)
        case 0x12: return (.inet, false)
        case 0x21: return (.inet6, true)
        case 0x22: return (.inet6, false)
        case 0x31: return (.unix, true)
        case 0x32: return (.unix, false)
        default:
            throw PROXYHeaderError(.unassignedValue, at: 13, "unassigned address family or protocol")
        }
    }

    private static func addresses(
        _ bytes: [UInt8], _ family: Family
    ) throws(PROXYHeaderError) -> (SocketAddress?, SocketAddress?) {
        let start = PROXYHeaderParser.fixedLength
        do {
            switch family {
            case .unspecified:
                return (nil, nil)
            case .inet, .inet6:
                let size = family == .inet ? 4 : 16
                let ports = start + 2 * size
                return (
                    try address(bytes[start..<start + size], bytes[ports..<ports + 2]),
                    try address(bytes[start + size..<start + 2 * size], bytes[ports + 2..<ports + 4])
                )
            case .unix:
                return (try path(bytes[start..<start + 108]), try path(bytes[start + 108..<start + 216]))
            }
        } catch {
            throw PROXYHeaderError(.malformedBlock, at: start, "an address is not one")
        }
    }

    private static func address(_ bytes: ArraySlice<UInt8>, _ port: ArraySlice<UInt8>) throws -> SocketAddress
    {
        try SocketAddress(
            packedIPAddress: ByteBuffer(bytes: bytes), port: port.reduce(0) { $0 << 8 | Int($1) })
    }

    /// A socket's path, filled up with NULs; nil for a socket without a name.
    private static func path(_ bytes: ArraySlice<UInt8>) throws -> SocketAddress? {
        let path = bytes.prefix { $0 != 0 }
        guard !path.isEmpty else { return nil }
        return try SocketAddress(unixDomainSocketPath: String(decoding: path, as: UTF8.self))
    }
}
