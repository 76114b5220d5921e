/// The registry's bounds. The defaults are AWS IoT Core's quotas where AWS documents one.
public struct RegistryLimits: Hashable, Sendable {
    /// Policies attached to one certificate (AWS: 10).
    public var policiesPerCertificate = 10
    /// Attributes of a thing without a type (AWS: 3).
    public var attributesWithoutType = 3
    /// Attributes of a thing with a type (AWS: 50).
    public var attributesWithType = 50
    /// Names and values of one thing's attributes together, in bytes (AWS: 47 KB).
    public var attributeBytes = 47 * 1024
    /// Length of a policy's text in bytes before it is even parsed (AWS: 404,600; the documented 2,048
    /// characters leave white space out).
    public var policyTextBytes = 404_600
    /// Registered authorities with equal subject names (AWS: 10).
    public var authoritiesPerSubject = 10
    /// Certificates in all. Bounds what devices of an auto-registering authority can make grow.
    public var certificates = 1_000_000
    /// Earlier versions of the trust snapshot that can be gone back to.
    public var trustVersions = 64
    /// Changes of certificates and authorities that those versions hold together.
    public var trustHistoryEntries = 65_536
    /// Writes waiting for the store; beyond it they fail with ``RegistryError/Code/busy``.
    public var pendingWrites = 16_384
    /// Writes committed to the store in one transaction.
    public var writesPerTransaction = 1_024

    /// The defaults.
    public static let `default` = RegistryLimits()

    /// Creates the defaults, to be changed field by field.
    public init() {}
}
