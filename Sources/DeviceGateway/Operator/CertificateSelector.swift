/// Which certificate a command means: by the start of its id, or by the thing it is attached to.
///
/// Exactly one of the two is given.
public struct CertificateSelector: Hashable, Sendable, Codable {
    /// The certificate id (64 hexadecimal digits) or its first digits, at least
    /// ``minimumPrefixLength`` of them.
    public var id: String?
    /// A thing's name.
    public var thing: String?

    /// Fewer digits of an id than this are not taken for it: a slip would hit too easily.
    public static let minimumPrefixLength = 6

    /// The certificate whose id starts with `prefix`.
    public static func id(_ prefix: String) -> Self { .init(id: prefix, thing: nil) }
    /// The certificate or certificates attached to a thing.
    public static func thing(_ name: String) -> Self { .init(id: nil, thing: name) }

    init(id: String?, thing: String?) {
        self.id = id
        self.thing = thing
    }
}
