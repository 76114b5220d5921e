/// The cyclic redundancy check of RFC 3385 and RFC 9260, appendix A (Castagnoli's polynomial).
enum CRC32C {
    static func sum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(.max) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xff)] ^ sum >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    }
}
