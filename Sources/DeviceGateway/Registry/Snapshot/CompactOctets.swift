/// A few octets without an allocation of their own: a serial number, which has 20 at most where RFC 5280
/// 4.1.2.2 is kept to.
struct CompactOctets: Hashable, Sendable {
    private enum Form: Hashable, Sendable {
        /// The number of octets, then the octets.
        case short(UInt64, UInt64, UInt64)
        case long([UInt8])
    }

    private let form: Form

    init(_ octets: [UInt8]) {
        self = octets.withUnsafeBytes { CompactOctets($0.bytes) }
    }

    init(_ octets: RawSpan) {
        let count = octets.byteCount
        guard count <= 23 else {
            form = .long(octets.withUnsafeBytes { Array($0) })
            return
        }
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &words) { buffer in
            buffer[0] = UInt8(count)
            octets.withUnsafeBytes { source in
                for index in 0..<count { buffer[index + 1] = source[index] }
            }
        }
        form = .short(words.0, words.1, words.2)
    }

    var array: [UInt8] {
        switch form {
        case .long(let octets): octets
        case .short(let first, let second, let third):
            withUnsafeBytes(of: (first, second, third)) { Array($0[1..<(1 + Int($0[0]))]) }
        }
    }
}
