/// What the owner of an authority's key puts into a verification certificate, to show that it is the owner
/// who registers the authority (AWS IoT: `GetRegistrationCode`).
///
/// Withheld from descriptions: with the code, whoever holds an authority's key can register that authority
/// in the code's owner's name.
public struct RegistrationCode: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Reads 64 hexadecimal digits of either case; nil for anything else.
    public init?(_ text: String) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == 32 else { return nil }
        func word(_ index: Int) -> UInt64 {
            bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.words = (word(0), word(1), word(2), word(3))
    }

    /// A new code of 256 random bits.
    ///
    /// - Parameter generator: Must be cryptographically secure outside of tests; the system's is.
    public init(using generator: inout some RandomNumberGenerator) {
        self.words = (generator.next(), generator.next(), generator.next(), generator.next())
    }

    /// A new code of 256 random bits from the system's generator.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    /// The 64 lowercase hexadecimal digits that the verification certificate's common name must be.
    public var commonName: String {
        Hexadecimal.encode(
            [words.0, words.1, words.2, words.3].flatMap { word in
                stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
            })
    }

    /// Equal when all 256 bits are.
    public static func == (left: Self, right: Self) -> Bool {
        (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3) == 0
    }

    /// Hashes the code.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension RegistrationCode: CustomStringConvertible, CustomReflectable {
    /// Never the code.
    public var description: String { "RegistrationCode(withheld)" }

    /// Empty, so that `dump` does not show the code either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
