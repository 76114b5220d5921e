public import NIOCore

/// A block of IP addresses, such as `192.0.2.0/24` or `2001:db8::/32`.
///
/// An IPv4 address that arrives mapped into IPv6 (`::ffff:192.0.2.1`, RFC 4291, section 2.5.5.2), as it does
/// on a dual-stack socket, counts as the IPv4 address it is.
public struct AddressPrefix: Hashable, Sendable {
    /// The address's 128 bits, IPv4 in its mapped form; those past ``length`` are zero.
    private let high: UInt64
    private let low: UInt64
    /// The number of bits that count, IPv4's after its 96 of mapping.
    private let bits: UInt8

    /// The number of bits that count: up to 32 for IPv4, up to 128 for IPv6.
    public var length: Int { isIPv4 ? Int(bits) - 96 : Int(bits) }

    /// Whether it is a block of IPv4 addresses.
    public var isIPv4: Bool { bits >= 96 && high == 0 && low >> 32 == 0xffff }

    /// The block around an address; nil for an address that is not an IP address.
    ///
    /// - Parameters:
    ///   - address: its port does not matter.
    ///   - ipv4Length: how many bits of an IPv4 address count, 0 to 32.
    ///   - ipv6Length: how many bits of an IPv6 address count, 0 to 128.
    public init?(_ address: SocketAddress, ipv4Length: Int = 32, ipv6Length: Int = 128) {
        guard let (high, low) = Self.number(of: address) else { return nil }
        let isMapped = high == 0 && low >> 32 == 0xffff
        let bits = isMapped ? 96 + min(max(ipv4Length, 0), 32) : min(max(ipv6Length, 0), 128)
        self.init(high, low, bits: bits)
    }

    /// Reads `ADDRESS/LENGTH`, or an address alone, which is a block of one.
    ///
    /// - Returns: nil for anything else, and for an address with bits set past the length: whoever writes
    ///   `10.1.2.3/8` has probably mistyped one or the other.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = try? SocketAddress(ipAddress: String(parts[0]), port: 0),
            let (high, low) = Self.number(of: address)
        else { return nil }
        let isIPv4 = high == 0 && low >> 32 == 0xffff
        let offset = isIPv4 && !parts[0].contains(":") ? 96 : 0
        var bits = 128
        if parts.count == 2 {
            guard let length = Self.length(parts[1]), length <= 128 - offset else { return nil }
            bits = length + offset
        }
        self.init(high, low, bits: bits)
        guard (self.high, self.low) == (high, low) else { return nil }
    }

    private init(_ high: UInt64, _ low: UInt64, bits: Int) {
        self.high = high & Self.mask(bits)
        self.low = low & Self.mask(bits - 64)
        self.bits = UInt8(bits)
    }

    /// Whether an address lies in this block; false for one that is not an IP address.
    public func contains(_ address: SocketAddress) -> Bool {
        guard let (high, low) = Self.number(of: address) else { return false }
        return high & Self.mask(Int(bits)) == self.high && low & Self.mask(Int(bits) - 64) == self.low
    }

    /// `count` leading ones, none for less than 1, 64 at most.
    private static func mask(_ count: Int) -> UInt64 {
        count <= 0 ? 0 : count >= 64 ? .max : ~(.max >> UInt64(count))
    }

    /// A number of one to three digits without leading zeros.
    private static func length(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text == "0" || text.first != "0"
        else { return nil }
        return Int(text)
    }

    private static func number(of address: SocketAddress) -> (high: UInt64, low: UInt64)? {
        switch address {
        case .v4(let address):
            // The address's place in `sockaddr_in`, after family and port.
            let number = withUnsafeBytes(of: address.address) { bytes in
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            }
            return (0, 0xffff << 32 | UInt64(number))
        case .v6(let address):
            // The address's place in `sockaddr_in6`, after family, port and flow label.
            return withUnsafeBytes(of: address.address) { bytes in
                (
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                )
            }
        case .unixDomainSocket:
            return nil
        }
    }
}

extension AddressPrefix: CustomStringConvertible {
    /// `192.0.2.0/24`, `2001:db8::/32`.
    public var description: String {
        var bytes = ByteBuffer()
        if isIPv4 {
            bytes.writeInteger(UInt32(truncatingIfNeeded: low))
        } else {
            bytes.writeInteger(high)
            bytes.writeInteger(low)
        }
        let address = try? SocketAddress(packedIPAddress: bytes, port: 0)
        return "\(address?.ipAddress ?? "?")/\(length)"
    }
}

extension [AddressPrefix] {
    /// Whether any of the blocks holds an address.
    func contains(_ address: SocketAddress?) -> Bool {
        guard let address else { return false }
        return contains { $0.contains(address) }
    }
}
