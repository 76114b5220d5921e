/// A version of the TLS protocol, ordered from oldest to newest.
///
/// The raw value is the version's code on the wire (RFC 8446, section 4.2.1).
public enum TLSVersion: UInt16, Comparable, Hashable, Sendable, CaseIterable {
    /// TLS 1.0 (RFC 2246). Obsolete (RFC 8996); served only when a range names it.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_0 = 0x0301
    /// TLS 1.1 (RFC 4346). Obsolete (RFC 8996); served only when a range names it.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_1 = 0x0302
    /// TLS 1.2 (RFC 5246).
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_2 = 0x0303
    /// TLS 1.3 (RFC 8446).
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_3 = 0x0304

    /// Orders versions from oldest to newest.
    public static func < (lhs: TLSVersion, rhs: TLSVersion) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}

extension TLSVersion: CustomStringConvertible {
    /// The usual name: "TLS 1.2".
    public var description: String {
        switch self {
        case .v1_0: "TLS 1.0"
        case .v1_1: "TLS 1.1"
        case .v1_2: "TLS 1.2"
        case .v1_3: "TLS 1.3"
        }
    }

    /// The number alone: "1.2".
    var number: Substring { description.dropFirst(4) }
}

extension ClosedRange<TLSVersion> {
    /// The range as operators write it: "1.2 to 1.3", or "1.2 only".
    var sentence: String {
        lowerBound == upperBound
            ? "\(lowerBound.number) only" : "\(lowerBound.number) to \(upperBound.number)"
    }

    /// Every version in the range, oldest first.
    var versions: [TLSVersion] { TLSVersion.allCases.filter(contains) }
}
