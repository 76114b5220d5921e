/// A certificate's identity: the SHA-256 digest of its DER encoding as received, written as 64 lowercase
/// hexadecimal digits. This is AWS IoT's `certificateId`.
///
/// Kept as four machine words, so that copying and hashing one costs nothing worth counting.
public struct CertificateID: Hashable, Sendable, LosslessStringConvertible {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Reads 64 hexadecimal digits of either case; nil for anything else.
    public init?(_ hex: String) {
        guard let bytes = Hexadecimal.decode(hex), bytes.count == 32 else { return nil }
        self.init(digest: bytes)
    }

    /// The identity of a certificate in DER. The bytes are not looked into.
    public init(der: [UInt8]) {
        self.words = SHA256Digest.withOctets(of: der) { Self.load($0) }
    }

    /// The 32 octets of a digest; nil for any other number of octets.
    public init?(octets: RawSpan) {
        guard octets.byteCount == 32 else { return nil }
        self.words = octets.withUnsafeBytes { Self.load($0) }
    }

    /// The lowest identifier with that ``leadingWord``.
    public init(lowestWith leadingWord: UInt64) {
        self.words = (leadingWord, 0, 0, 0)
    }

    /// From exactly 32 octets.
    private init(digest: [UInt8]) {
        self.words = digest.withUnsafeBytes { Self.load($0) }
    }

    /// The 32 octets of the digest.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)) {
            [UInt8]($0)
        }
    }

    /// 64 lowercase hexadecimal digits.
    public var string: String {
        Hexadecimal.encode(bytes)
    }

    /// 64 lowercase hexadecimal digits.
    public var description: String { string }

    /// Equal when all 32 octets are.
    public static func == (left: Self, right: Self) -> Bool {
        left.words == right.words
    }

    /// Hashes the 32 octets.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    private static func load(_ digest: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        return (word(0), word(1), word(2), word(3))
    }
}

extension CertificateID: Comparable {
    /// The first eight octets, read as a big-endian number: they lead the order.
    public var leadingWord: UInt64 { words.0 }

    /// In the order of the octets, which is that of the digits.
    public static func < (left: Self, right: Self) -> Bool {
        if left.words.0 != right.words.0 { return left.words.0 < right.words.0 }
        if left.words.1 != right.words.1 { return left.words.1 < right.words.1 }
        if left.words.2 != right.words.2 { return left.words.2 < right.words.2 }
        return left.words.3 < right.words.3
    }
}

extension CertificateID: Codable {
    /// Reads the 64 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let string = try container.decode(String.self)
        guard let id = CertificateID(string) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a certificate id is 64 hexadecimal digits")
        }
        self = id
    }

    /// Writes the 64 hexadecimal digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}
