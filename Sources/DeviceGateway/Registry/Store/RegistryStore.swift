public import X509Auth

/// Keeps the registry's records. ``DeviceRegistry`` reads it once, when it opens, and from then on only
/// writes to it and asks it for encodings; the store is never consulted while a device connects.
///
/// One registry owns a store. A store need not check the registry's rules, but must refuse, by throwing,
/// a change that refers to what does not exist or removes what is still referred to.
public protocol RegistryStore: Sendable {
    /// Everything that has been applied, but for the certificates' encodings, and how often
    /// (``RegistryContents/generation``).
    func load() async throws -> RegistryContents

    /// Applies all changes in order, or, if it throws, none of them. When it returns, they are durable:
    /// they survive the end of the process and, if the store promises that, of the machine.
    func apply(_ changes: [RegistryChange]) async throws

    /// The DER encodings of those of the certificates that it holds.
    func encodings(of certificates: [CertificateID]) async throws -> [CertificateID: [UInt8]]
}
