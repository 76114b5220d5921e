/// The name constraints extension (RFC 5280 4.2.1.10).
struct NameConstraints: Sendable {
    /// The root of a subtree of names.
    enum Subtree: Hashable, Sendable {
        /// Lower case; empty: all.
        case dns(String)
        /// A mailbox; local part as it is, host in lower case.
        case mailbox(local: String, host: String)
        /// All mailboxes of one host, lower case.
        case mailHost(String)
        /// All mailboxes of hosts below, lower case, without the leading period.
        case mailDomain(String)
        /// One host of URIs.
        case uriHost(String)
        /// All hosts below, without the leading period.
        case uriDomain(String)
        case directory([[DistinguishedName.ComparableAttribute]])
        /// Address octets and mask octets.
        case ipAddress([UInt8], mask: [UInt8])
        /// A kind that is not compared, by its tag: names of that kind cannot be judged.
        case unsupported(UInt8)

        /// The GeneralName's tag.
        var tag: UInt8 {
            switch self {
            case .mailbox, .mailHost, .mailDomain: 1
            case .dns: 2
            case .directory: 4
            case .uriHost, .uriDomain: 6
            case .ipAddress: 7
            case .unsupported(let tag): tag
            }
        }
    }

    let permitted: [Subtree]
    let excluded: [Subtree]

    var count: Int { permitted.count + excluded.count }

    init(_ reader: DERReader) throws(DERFailure) {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        var inner = outer.inside(sequence)
        let permitted = try inner.nextIf(DERTag.constructed(0))
        let excluded = try inner.nextIf(DERTag.constructed(1))
        try inner.finish()
        guard permitted != nil || excluded != nil else {
            throw DERFailure("has name constraints that constrain nothing")
        }
        self.permitted =
            try permitted.map { element throws(DERFailure) in
                try Self.subtrees(inner.inside(element))
            } ?? []
        self.excluded =
            try excluded.map { element throws(DERFailure) in
                try Self.subtrees(inner.inside(element))
            } ?? []
    }

    private static func subtrees(_ reader: DERReader) throws(DERFailure) -> [Subtree] {
        var reader = reader
        var subtrees: [Subtree] = []
        while !reader.isAtEnd {
            let element = try reader.next(DERTag.sequence)
            var inner = reader.inside(element)
            subtrees.append(try subtree(inner.next(), inner.bytes))
            // minimum is 0 by default, and DER leaves defaults out; maximum must be absent.
            guard inner.isAtEnd else { throw DERFailure("has a name constraint with minimum or maximum") }
        }
        guard !subtrees.isEmpty else { throw DERFailure("has an empty list of name constraints") }
        return subtrees
    }

    private static func subtree(_ base: DERElement, _ bytes: [UInt8]) throws(DERFailure) -> Subtree {
        let content = Array(bytes[base.content])
        switch base.tag {
        case DERTag.context(1): return try mail(text(content))
        case DERTag.context(2):
            let name = try text(content)
            guard name.isEmpty || NameSyntax.isHostName(name) else {
                throw malformed("DNS", name)
            }
            return .dns(name.asciiLowercased)
        case DERTag.context(6):
            let name = try text(content)
            let host = name.hasPrefix(".") ? String(name.dropFirst()) : name
            guard NameSyntax.isHostName(host) else { throw malformed("URI", name) }
            return name.hasPrefix(".") ? .uriDomain(host.asciiLowercased) : .uriHost(host.asciiLowercased)
        case DERTag.context(7):
            guard content.count == 8 || content.count == 32,
                NameSyntax.isMask(content[(content.count / 2)...])
            else { throw DERFailure("has an IP address constraint without a proper mask") }
            let half = content.count / 2
            return .ipAddress(Array(content[..<half]), mask: Array(content[half...]))
        case DERTag.constructed(4):
            guard let name = try? DistinguishedName(der: content) else {
                throw DERFailure("has a directory name constraint that is no name")
            }
            return .directory(name.comparable)
        default:
            return .unsupported(base.tag & 0x1f)
        }
    }

    private static func mail(_ text: String) throws(DERFailure) -> Subtree {
        if text.contains("@") {
            guard NameSyntax.isMailbox(text), let parts = NameSyntax.mailbox(text) else {
                throw malformed("email", text)
            }
            return .mailbox(local: String(parts.local), host: parts.host.asciiLowercased)
        }
        let host = text.hasPrefix(".") ? String(text.dropFirst()) : text
        guard NameSyntax.isHostName(host) else { throw malformed("email", text) }
        return text.hasPrefix(".") ? .mailDomain(host.asciiLowercased) : .mailHost(host.asciiLowercased)
    }

    private static func text(_ octets: [UInt8]) throws(DERFailure) -> String {
        guard octets.allSatisfy({ $0 > 0 && $0 < 0x80 }) else {
            throw DERFailure("has a name constraint that is no ASCII text")
        }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func malformed(_ kind: String, _ text: String) -> DERFailure {
        DERFailure("has the malformed \(kind) constraint \"\(PrintableText.escape(text))\"")
    }
}
