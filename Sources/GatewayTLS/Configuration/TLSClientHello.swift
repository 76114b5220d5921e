/// What a client says before anything is decided (RFC 8446, section 4.1.2), as far as it decides which
/// domain answers.
public struct TLSClientHello: Hashable, Sendable {
    /// The host name asked for (SNI), in lower case; nil when the hello has none, or one that contains
    /// anything but letters, digits, "-", "_" and ".".
    public var serverName: String?
    /// The application protocols offered (ALPN), in the client's order of preference.
    public var applicationProtocols: [String]
    /// The protocol versions offered, from the lowest to the highest; nil when none is known. A hello
    /// without supported_versions names only its highest: the range then begins at TLS 1.0.
    public var versions: ClosedRange<TLSVersion>?
    /// The port on which the connection came in, if the host told.
    public var localPort: Int?

    /// Creates a hello, for tests and look-ups of one's own.
    public init(
        serverName: String? = nil, applicationProtocols: [String] = [],
        versions: ClosedRange<TLSVersion>? = nil, localPort: Int? = nil
    ) {
        self.serverName = serverName
        self.applicationProtocols = applicationProtocols
        self.versions = versions
        self.localPort = localPort
    }
}
