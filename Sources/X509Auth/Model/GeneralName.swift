/// One alternative name of a subject or issuer (RFC 5280 4.2.1.6), every kind kept apart.
public enum GeneralName: Hashable, Sendable, CustomStringConvertible {
    /// `otherName`: its type and the DER of its value.
    case other(type: String, value: [UInt8])
    /// `rfc822Name`, an email address.
    case rfc822(String)
    /// `dNSName`
    case dns(String)
    /// `x400Address`, as DER.
    case x400([UInt8])
    /// `directoryName`
    case directory(DistinguishedName)
    /// `ediPartyName`, as DER.
    case ediParty([UInt8])
    /// `uniformResourceIdentifier`
    case uri(String)
    /// `iPAddress`: 4 octets for IPv4, 16 for IPv6.
    case ipAddress([UInt8])
    /// `registeredID`, a dotted object identifier.
    case registeredID(String)

    /// The kind as OpenSSL's text form has it, a colon, and the value; safe to print.
    public var description: String {
        switch self {
        case .other(let type, let value): "otherName:\(type):\(Hexadecimal.encode(value))"
        case .rfc822(let text): "email:\(PrintableText.escape(text, limit: 320))"
        case .dns(let text): "DNS:\(PrintableText.escape(text, limit: 255))"
        case .x400(let der): "x400:\(Hexadecimal.encode(der))"
        case .directory(let name): "DirName:\(name)"
        case .ediParty(let der): "ediParty:\(Hexadecimal.encode(der))"
        case .uri(let text): "URI:\(PrintableText.escape(text, limit: 1024))"
        case .ipAddress(let octets): "IP:\(IPAddressText.string(octets))"
        case .registeredID(let identifier): "RID:\(identifier)"
        }
    }

    /// AWS IoT's name of the kind and the value as a policy sees it; nil for kinds without a variable.
    public var policyAttribute: (name: String, value: String)? {
        switch self {
        case .rfc822(let text): ("RFC822Name", text)
        case .dns(let text): ("DNSName", text)
        case .directory(let name): ("DirectoryName", name.description)
        case .uri(let text): ("UniformResourceIdentifier", text)
        case .ipAddress(let octets): ("IPAddress", IPAddressText.string(octets))
        case .other, .x400, .ediParty, .registeredID: nil
        }
    }
}

extension [GeneralName] {
    /// The values AWS IoT offers as `iot:Certificate.Subject.AlternativeName.*`, keyed by its names, in
    /// order of encoding.
    public var policyAttributes: [String: [String]] {
        var values: [String: [String]] = [:]
        for case let (name, value)? in map(\.policyAttribute) {
            values[name, default: []].append(value)
        }
        return values
    }
}
