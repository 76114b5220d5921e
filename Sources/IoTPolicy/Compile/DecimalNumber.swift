/// A decimal number of any length, so that 64-bit identifiers and serial numbers compare exactly.
struct DecimalNumber: Hashable, Comparable, Sendable {
    private let isNegative: Bool
    /// Significant digits without leading or trailing zeros; none for zero.
    private let digits: [UInt8]
    /// The power of ten of the digit before the first: value = 0.digits × 10^exponent.
    private let exponent: Int

    /// Reads an optional sign, digits, an optional fraction and an optional exponent.
    init?(_ text: String) {
        var rest = text.utf8[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        func digits(_ rest: inout Substring.UTF8View) -> [UInt8] {
            let taken = Array(rest.prefix { (0x30...0x39).contains($0) })
            rest = rest.dropFirst(taken.count)
            return taken
        }
        let whole = digits(&rest)
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits(&rest)
            guard !fraction.isEmpty else { return nil }
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var power = 0
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            guard let value = Int(String(decoding: rest.dropFirst(), as: UTF8.self)), abs(value) <= 1_000_000
            else { return nil }
            power = value
            rest = rest.dropFirst(rest.count)
        }
        guard rest.isEmpty else { return nil }
        let all = whole + fraction
        guard let first = all.firstIndex(where: { $0 != 0x30 }),
            let last = all.lastIndex(where: { $0 != 0x30 })
        else {
            self.isNegative = false
            self.digits = []
            exponent = 0
            return
        }
        self.isNegative = isNegative
        self.digits = Array(all[first...last])
        exponent = whole.count - first + power
    }

    static func < (lhs: DecimalNumber, rhs: DecimalNumber) -> Bool {
        if lhs.sign != rhs.sign { return lhs.sign < rhs.sign }
        return lhs.isNegative ? rhs.isSmaller(than: lhs) : lhs.isSmaller(than: rhs)
    }

    private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    private func isSmaller(than other: DecimalNumber) -> Bool {
        exponent != other.exponent
            ? exponent < other.exponent : digits.lexicographicallyPrecedes(other.digits)
    }
}
