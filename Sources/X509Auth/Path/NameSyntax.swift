/// The syntaxes that RFC 5280 4.2.1.6 and 4.2.1.10 give to names inside certificates.
enum NameSyntax {
    /// A host name in preferred syntax (RFC 1034 3.5, RFC 1123 2.1): letters, digits and inner hyphens, labels of
    /// 63 and 253 octets in all; no trailing dot. An address is none.
    static func isHostName(_ name: some StringProtocol) -> Bool {
        let labels = labels(name)
        guard (1...253).contains(name.utf8.count), labels.allSatisfy(isLabel) else { return false }
        return !isIPv4(labels)
    }

    /// A host name, or one whose first label is `*` over at least two others.
    static func isHostNameOrWildcard(_ name: String) -> Bool {
        guard name.hasPrefix("*.") else { return isHostName(name) }
        let base = name.dropFirst(2)
        return isHostName(base) && labels(base).count >= 2
    }

    /// `local@host`, the local part a dot-atom or a quoted string (RFC 2821 4.1.2).
    static func isMailbox(_ name: String) -> Bool {
        guard let parts = mailbox(name) else { return false }
        return isLocalPart(parts.local) && isHostName(parts.host)
    }

    /// Parts around the last `@`.
    static func mailbox(_ name: String) -> (local: Substring, host: Substring)? {
        guard let at = name.lastIndex(of: "@") else { return nil }
        return (name[..<at], name[name.index(after: at)...])
    }

    private static func isLocalPart(_ text: Substring) -> Bool {
        guard (1...64).contains(text.utf8.count) else { return false }
        if text.hasPrefix("\"") {
            return text.count >= 2 && text.hasSuffix("\"") && !text.dropFirst().dropLast().contains("\"")
        }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.utf8.allSatisfy(isAtomOctet)
        }
    }

    /// The host of an absolute URI with an authority; nil: there is none, or it is no host name.
    static func host(ofURI uri: String) -> Substring? {
        guard let authority = authority(ofURI: uri), let host = host(ofAuthority: authority), isHostName(host)
        else { return nil }
        return host
    }

    /// What stands between `://` and the path; nil: there is none.
    private static func authority(ofURI uri: String) -> Substring? {
        guard let scheme = uri.range(ofFirst: "://"), isScheme(uri[..<scheme.lowerBound]) else { return nil }
        return uri[scheme.upperBound...].prefix { !"/?#".contains($0) }
    }

    /// Without user and port; nil: there is none, or the port is no number.
    private static func host(ofAuthority authority: Substring) -> Substring? {
        var host = authority
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        if !host.hasSuffix("]"), let colon = host.lastIndex(of: ":") {
            guard host[host.index(after: colon)...].utf8.allSatisfy(isDigit) else { return nil }
            host = host[..<colon]
        }
        return host.isEmpty ? nil : host
    }

    /// An absolute URI: a scheme, and something after it; where that is an authority, with a host that is a name or
    /// an address (RFC 5280 4.2.1.6).
    static func isURI(_ uri: String) -> Bool {
        guard let colon = uri.firstIndex(of: ":"), isScheme(uri[..<colon]),
            uri.index(after: colon) < uri.endIndex, uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return false }
        guard let authority = authority(ofURI: uri) else { return true }
        guard let host = host(ofAuthority: authority) else { return authority.isEmpty }
        return isHostName(host) || isIPv4(labels(host)) || (host.hasPrefix("[") && host.hasSuffix("]"))
    }

    /// Octets of a contiguous network mask.
    static func isMask(_ octets: ArraySlice<UInt8>) -> Bool {
        var isPastOnes = false
        for octet in octets {
            let ones = (~octet).leadingZeroBitCount
            guard octet == (ones == 8 ? 0xff : ~(0xff >> UInt8(ones))), !isPastOnes || octet == 0 else {
                return false
            }
            if ones < 8 { isPastOnes = true }
        }
        return true
    }

    // MARK: Parts

    static func labels(_ name: some StringProtocol) -> [Substring] {
        Substring(name).split(separator: ".", omittingEmptySubsequences: false)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isIPv4(_ labels: [Substring]) -> Bool {
        labels.count == 4 && labels.allSatisfy { $0.utf8.allSatisfy(isDigit) }
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    private static func isAtomOctet(_ octet: UInt8) -> Bool {
        isLetter(octet) || isDigit(octet) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(octet)
    }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }
}

extension String {
    fileprivate func range(ofFirst text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension StringProtocol {
    /// ASCII letters in lower case.
    var asciiLowercased: String {
        String(decoding: utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
