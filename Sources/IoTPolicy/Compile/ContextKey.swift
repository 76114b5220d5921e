/// A condition key or policy variable, recognised once when a document is compiled. Key names compare without case.
///
/// Source: AWS IoT Core Developer Guide, "Basic/Thing/X.509 Certificate AWS IoT Core policy variables".
enum ContextKey: Hashable, Sendable {
    case clientID, sourceIP, domainName
    case thingName, thingTypeName, thingIsAttached
    case thingAttribute(String)
    case certificateID, certificateSerialNumber, certificateAvailableKeys
    case certificateName(Party, attribute: String, Selector)
    case certificateAlternativeName(Party, kind: String, Selector)
    case connectAttributes, lastWillTopic, messageTopic, includeSocketInformation
    case sourceVPC, sourceVPCE, vpcSourceIP
    case currentTime, epochTime, secureTransport
    /// A key this library does not know, in lower case; the host may supply it.
    case other(String)

    enum Party: Hashable, Sendable { case subject, issuer }

    enum Selector: Hashable, Sendable {
        /// The bare name is the first value, `.1` the second.
        case index(Int)
        /// `.List`: all values.
        case list
    }

    /// At most this many values of a certificate attribute are kept.
    static let maximumCertificateValues = 5

    static let distinguishedNameAttributes = [
        "DistinguishedNameQualifier", "Country", "Organization", "OrganizationalUnit", "State", "CommonName",
        "SerialNumber", "Title", "Surname", "GivenName", "Initials", "Pseudonym", "GenerationQualifier",
    ]

    static let alternativeNameKinds = [
        "RFC822Name", "DNSName", "DirectoryName", "UniformResourceIdentifier", "IPAddress",
    ]

    static let plainNames: [(name: String, key: ContextKey)] = [
        ("iot:ClientId", .clientID), ("aws:SourceIp", .sourceIP), ("iot:DomainName", .domainName),
        ("iot:Connection.Thing.ThingName", .thingName),
        ("iot:Connection.Thing.ThingTypeName", .thingTypeName),
        ("iot:Connection.Thing.IsAttached", .thingIsAttached), ("iot:CertificateId", .certificateID),
        ("iot:Certificate.SerialNumber", .certificateSerialNumber),
        ("iot:Certificate.AvailableKeys", .certificateAvailableKeys),
        ("iot:ConnectAttributes", .connectAttributes), ("iot:LastWillTopic", .lastWillTopic),
        ("iot:Topic", .messageTopic), ("iot:IncludeSocketInformation", .includeSocketInformation),
        ("aws:SourceVpc", .sourceVPC), ("aws:SourceVpce", .sourceVPCE), ("aws:VpcSourceIp", .vpcSourceIP),
        ("aws:CurrentTime", .currentTime), ("aws:EpochTime", .epochTime),
        ("aws:SecureTransport", .secureTransport),
    ]

    private static let plainKeys = Dictionary(
        plainNames.map { ($0.name.asciiLowercased, $0.key) }, uniquingKeysWith: { first, _ in first })

    init(_ name: String) {
        let lowercased = name.asciiLowercased
        if let key = Self.plainKeys[lowercased] {
            self = key
        } else if let attribute = Self.thingAttribute(name) {
            self = .thingAttribute(attribute)
        } else if let key = Self.certificateKey(lowercased) {
            self = key
        } else {
            self = .other(lowercased)
        }
    }

    private static func thingAttribute(_ name: String) -> String? {
        let prefix = "iot:connection.thing.attributes["
        guard name.utf8.count > prefix.utf8.count + 1, name.utf8.last == UInt8(ascii: "]"),
            name.asciiLowercased.hasPrefix(prefix)
        else { return nil }
        return String(decoding: name.utf8.dropFirst(prefix.utf8.count).dropLast(), as: UTF8.self)
    }

    private static func certificateKey(_ lowercased: String) -> ContextKey? {
        var parts = lowercased.split(separator: ".", omittingEmptySubsequences: false)[...]
        guard parts.popFirst() == "iot:certificate", let partyName = parts.popFirst() else { return nil }
        let party: Party
        switch partyName {
        case "subject": party = .subject
        case "issuer": party = .issuer
        default: return nil
        }
        let isAlternativeName = parts.first == "alternativename"
        if isAlternativeName { parts.removeFirst() }
        guard let name = parts.popFirst(), let selector = selector(parts) else { return nil }
        let known = isAlternativeName ? alternativeNameKinds : distinguishedNameAttributes
        guard let canonical = known.first(where: { $0.asciiLowercased == name }) else { return nil }
        return isAlternativeName
            ? .certificateAlternativeName(party, kind: canonical, selector)
            : .certificateName(party, attribute: canonical, selector)
    }

    private static func selector(_ parts: ArraySlice<Substring>) -> Selector? {
        guard let part = parts.first else { return .index(0) }
        guard parts.count == 1 else { return nil }
        if part == "list" { return .list }
        guard part.utf8.count == 1, let index = Int(part), index >= 1 else { return nil }
        return .index(index)
    }

    /// Whether the key can have several values, so that it cannot be a variable.
    var isMultiValued: Bool {
        switch self {
        case .connectAttributes, .certificateAvailableKeys, .certificateName(_, _, .list),
            .certificateAlternativeName(_, _, .list):
            true
        default: false
        }
    }

    /// Whether the value may differ between two decisions of one connection.
    var dependsOnTime: Bool { self == .currentTime || self == .epochTime }

    /// Whether only `iot:Connect` sees the key.
    var isConnectOnly: Bool { self == .connectAttributes || self == .lastWillTopic }

    /// Whether the key belongs to a thing and resolves only for a connection associated with it.
    var isThingKey: Bool {
        switch self {
        case .thingName, .thingTypeName, .thingIsAttached, .thingAttribute: true
        default: false
        }
    }

    /// Whether the key is read from the client certificate.
    var isCertificateKey: Bool {
        switch self {
        case .certificateID, .certificateSerialNumber, .certificateAvailableKeys, .certificateName,
            .certificateAlternativeName:
            true
        default: false
        }
    }
}
