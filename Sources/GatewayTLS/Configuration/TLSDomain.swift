/// One way in which a listener presents itself, and when: by server name, application protocol and port.
///
/// Entries of a list may share a ``name``: together they are one domain, served differently by port or
/// application protocol. No session of one domain, and none of one client certificate mode, is ever
/// resumed under another.
public struct TLSDomain: Sendable {
    /// What ``TLSEvidence/domain`` reports, and what sessions belong to. Not shown to clients.
    public var name: String
    /// The server names (SNI) answered: host names, or "*." and a host name for exactly one more label in
    /// front of it. An exact name goes before a wildcard. Empty: reached as the default domain only.
    public var serverNames: [String]
    /// The local ports answered; empty: any.
    public var ports: Set<Int>
    /// Of entries alike in name and port, those answer first that list an application protocol (ALPN) the
    /// client offers; then those with an empty list.
    public var whenOffering: [String]
    /// How connections are accepted.
    public var configuration: TLSServerConfiguration
    /// What the application is to speak, in its own words: handed on as
    /// ``TLSEvidence/domainApplicationProtocol``, whatever ALPN agreed on.
    public var applicationProtocol: String?

    /// Creates a domain.
    public init(
        name: String, serverNames: [String] = [], ports: Set<Int> = [], whenOffering: [String] = [],
        configuration: TLSServerConfiguration, applicationProtocol: String? = nil
    ) {
        self.name = name
        self.serverNames = serverNames
        self.ports = ports
        self.whenOffering = whenOffering
        self.configuration = configuration
        self.applicationProtocol = applicationProtocol
    }
}

/// What becomes of a client that asks for a server name of no domain.
public enum TLSUnknownServerName: Hashable, Sendable {
    /// The default domain answers.
    case useDefault
    /// The handshake is refused with unrecognized_name (RFC 6066, section 3).
    case reject
}
