/// A certificate's serial number: its octets, read as an unsigned number.
///
/// RFC 5280 4.1.2.2 asks for a positive number of at most 20 octets; real certificates have others, and
/// all are kept. A negative number is read by its octets like any other, so it has exactly one form.
public struct SerialNumber: Hashable, Sendable, CustomStringConvertible {
    /// Big-endian, without leading zero octets; one zero octet for zero.
    public let bytes: [UInt8]

    /// From the content octets of the INTEGER, or any big-endian unsigned number.
    public init(bytes: some Collection<UInt8>) {
        let significant = bytes.drop { $0 == 0 }
        self.bytes = significant.isEmpty ? [0] : Array(significant)
    }

    /// Pairs of lowercase hexadecimal digits joined by colons, as `92:12:85:cb`.
    public var hex: String {
        Hexadecimal.encode(bytes, separator: ":")
    }

    /// Decimal digits, as the policy variable `iot:Certificate.SerialNumber` has it.
    public var decimal: String {
        // Long multiplication in base 10^9: quadratic, on a number of some 20 octets.
        var groups: [UInt64] = [0]
        for byte in bytes {
            var carry = UInt64(byte)
            for index in groups.indices {
                let value = (groups[index] << 8) + carry
                groups[index] = value % 1_000_000_000
                carry = value / 1_000_000_000
            }
            if carry > 0 { groups.append(carry) }
        }
        return groups.reversed().enumerated().map { position, group in
            let digits = String(group)
            return position == 0 ? digits : String(repeating: "0", count: 9 - digits.count) + digits
        }.joined()
    }

    /// The hexadecimal form.
    public var description: String { hex }
}

extension SerialNumber: Comparable {
    /// As unsigned numbers.
    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.count == right.bytes.count
            ? left.bytes.lexicographicallyPrecedes(right.bytes) : left.bytes.count < right.bytes.count
    }
}
