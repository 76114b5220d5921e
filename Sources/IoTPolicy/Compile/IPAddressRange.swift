/// An IPv4 or IPv6 range in CIDR notation; a bare address is a range of one.
struct IPAddressRange: Hashable, Sendable {
    let address: IPAddress
    let prefixLength: Int

    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a bare address. Bits beyond the prefix are ignored.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        // An IPv4 address in IPv6 clothes counts its prefix in 128 bits.
        let width = parts[0].utf8.contains(UInt8(ascii: ":")) ? 128 : 32
        var length = width
        if parts.count == 2 {
            guard let value = IPAddress.decimal(parts[1], maximum: width) else { return nil }
            length = value
        }
        if width == 128, address.isIPv4 {
            guard length >= 96 else { return nil }
            length -= 96
        }
        self.address = address
        prefixLength = length
    }

    func contains(_ other: IPAddress) -> Bool {
        guard other.isIPv4 == address.isIPv4 else { return false }
        var remaining = prefixLength
        for (mine, theirs) in zip(address.bytes, other.bytes) {
            guard remaining > 0 else { return true }
            let mask: UInt8 = remaining >= 8 ? 0xFF : ~(0xFF >> UInt8(remaining))
            guard (mine ^ theirs) & mask == 0 else { return false }
            remaining -= 8
        }
        return true
    }
}

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address is the IPv4 address.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    var isIPv4: Bool { bytes.count == 4 }

    init?(_ text: String) {
        if !text.utf8.contains(UInt8(ascii: ":")) {
            guard let bytes = Self.ipv4(text[...]) else { return nil }
            self.bytes = bytes
            return
        }
        guard let bytes = Self.ipv6(text) else { return nil }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
    }

    private static func ipv4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard let value = decimal(part, maximum: 255) else { return nil }
            bytes.append(UInt8(value))
        }
        return bytes
    }

    /// A decimal number without sign or leading zero.
    static func decimal(_ text: Substring, maximum: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.count == 1 || text.utf8.first != 0x30, let value = Int(text), value <= maximum
        else { return nil }
        return value
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        guard let gap = gap(in: text) else { return groups(text[...]).flatMap { $0.count == 16 ? $0 : nil } }
        guard let head = groups(text[..<gap.lowerBound]), let tail = groups(text[gap.upperBound...]),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func gap(in text: String) -> Range<String.Index>? {
        let utf8 = text.utf8
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let next = utf8.index(after: index)
            if next < utf8.endIndex, utf8[index] == UInt8(ascii: ":"), utf8[next] == UInt8(ascii: ":") {
                return index..<utf8.index(after: next)
            }
            index = next
        }
        return nil
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
                guard let tail = ipv4(part) else { return nil }
                bytes += tail
                continue
            }
            guard (1...4).contains(part.utf8.count),
                part.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
        }
        return bytes
    }
}
