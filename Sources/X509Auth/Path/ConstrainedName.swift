/// A name that a certificate carries, as name constraints see it.
enum ConstrainedName: Hashable, Sendable {
    /// Lower case.
    case dns(String)
    /// The domain below which a wildcard stands, lower case.
    case wildcard(String)
    case mailbox(local: String, host: String)
    /// Lower-case host.
    case uri(host: String)
    case directory([[DistinguishedName.ComparableAttribute]])
    case ipAddress([UInt8])
    /// A name that cannot be compared, by its tag: of a kind that is not known here, malformed, or a URI without
    /// a host.
    case unjudgeable(UInt8)

    /// All names of a certificate: subject, its email addresses, alternative names; without alternative DNS names
    /// also a common name that is a host's, since some take it for one.
    static func names(of certificate: X509Certificate) -> [ConstrainedName] {
        var names: [ConstrainedName] = []
        let subject = certificate.subject
        if !subject.isEmpty { names.append(.directory(subject.comparable)) }
        names += subject.values(.emailAddress).map { name(mail: $0) }
        var hasDNS = false
        for alternative in certificate.subjectAlternativeNames {
            switch alternative {
            case .dns(let text):
                hasDNS = true
                names.append(name(dns: text))
            case .rfc822(let text): names.append(name(mail: text))
            case .uri(let text):
                names.append(
                    NameSyntax.host(ofURI: text).map { .uri(host: $0.asciiLowercased) } ?? .unjudgeable(6))
            case .directory(let name): names.append(.directory(name.comparable))
            case .ipAddress(let octets): names.append(.ipAddress(octets))
            case .other: names.append(.unjudgeable(0))
            case .x400: names.append(.unjudgeable(3))
            case .ediParty: names.append(.unjudgeable(5))
            case .registeredID: names.append(.unjudgeable(8))
            }
        }
        if !hasDNS, !certificate.isCertificateAuthority {
            names += subject.values(.commonName).filter { $0.contains(".") && NameSyntax.isHostName($0) }
                .map { .dns($0.asciiLowercased) }
        }
        return names
    }

    private static func name(dns text: String) -> ConstrainedName {
        guard NameSyntax.isHostNameOrWildcard(text) else { return .unjudgeable(2) }
        return text.hasPrefix("*.")
            ? .wildcard(text.dropFirst(2).asciiLowercased) : .dns(text.asciiLowercased)
    }

    private static func name(mail text: String) -> ConstrainedName {
        guard NameSyntax.isMailbox(text), let parts = NameSyntax.mailbox(text) else { return .unjudgeable(1) }
        return .mailbox(local: String(parts.local), host: parts.host.asciiLowercased)
    }

    /// The GeneralName's tag.
    private var tag: UInt8 {
        switch self {
        case .mailbox: 1
        case .dns, .wildcard: 2
        case .directory: 4
        case .uri: 6
        case .ipAddress: 7
        case .unjudgeable(let tag): tag
        }
    }

    /// Whether a constraint is about this kind of name at all.
    func isOfKind(_ subtree: NameConstraints.Subtree) -> Bool {
        tag == subtree.tag
    }

    /// Whether the name lies in the subtree with all that it stands for.
    func isInside(_ subtree: NameConstraints.Subtree) -> Bool {
        switch (self, subtree) {
        case (.dns(let name), .dns(let base)), (.wildcard(let name), .dns(let base)):
            base.isEmpty || name == base || name.hasSuffix("." + base)
        case (.mailbox(let local, let host), .mailbox(let baseLocal, let baseHost)):
            local == baseLocal && host == baseHost
        case (.mailbox(_, let host), .mailHost(let base)): host == base
        case (.mailbox(_, let host), .mailDomain(let base)): host.hasSuffix("." + base)
        case (.uri(let host), .uriHost(let base)): host == base
        case (.uri(let host), .uriDomain(let base)): host.hasSuffix("." + base)
        case (.directory(let name), .directory(let base)): name.starts(with: base)
        case (.ipAddress(let octets), .ipAddress(let base, let mask)):
            octets.count == base.count
                && zip(octets, zip(base, mask)).allSatisfy { $0 & $1.1 == $1.0 & $1.1 }
        default: false
        }
    }

    /// Whether something that the name stands for lies in the subtree; what cannot be judged does.
    func meets(_ subtree: NameConstraints.Subtree) -> Bool {
        switch (self, subtree) {
        case (.wildcard(let domain), .dns(let base)):
            // One label stands in for the asterisk.
            isInside(subtree)
                || base.hasSuffix("." + domain)
                    && !base.dropLast(domain.utf8.count + 1).contains(".")
        case (.unjudgeable, _): isOfKind(subtree)
        default: isInside(subtree)
        }
    }

    /// Printable.
    var description: String {
        switch self {
        case .dns(let name): "DNS:\(PrintableText.escape(name))"
        case .wildcard(let name): "DNS:*.\(PrintableText.escape(name))"
        case .mailbox(let local, let host):
            "email:\(PrintableText.escape(local))@\(PrintableText.escape(host))"
        case .uri(let host): "URI host \(PrintableText.escape(host))"
        case .directory: "its subject or directory name"
        case .ipAddress(let octets): "IP:\(IPAddressText.string(octets))"
        case .unjudgeable(let tag): "an alternative name of kind \(tag) that cannot be judged"
        }
    }
}
