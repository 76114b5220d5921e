/// Where a responder is asked: an `http:` URL, taken apart (RFC 3986, RFC 9110 4.2.1).
struct ResponderURL: Hashable, Sendable {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    let host: String
    let port: Int
    /// Path and query: what the request line names.
    let target: String
    /// Host and port as the Host field has them.
    let authority: String

    static let maximumLength = 2_048

    /// - Throws: ``ResponderFailure`` saying what is wrong with it.
    init(_ text: String) throws(ResponderFailure) {
        guard text.utf8.count <= Self.maximumLength else {
            throw ResponderFailure("a responder's URL has at most \(Self.maximumLength) bytes")
        }
        // Nothing that could end a line of the request, or mean something else to another reader.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw ResponderFailure("the URL \(text) has characters that a URL cannot have")
        }
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme != "https" else {
            throw ResponderFailure(
                "the URL \(text) is https; name an http one: OCSP responses are signed, so that nothing "
                    + "rests on how they travel")
        }
        let start = "http://"
        guard scheme == "http", text.lowercased().hasPrefix(start) else {
            throw ResponderFailure("the URL \(text) does not begin with http://")
        }
        let rest = text.dropFirst(start.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest.dropFirst(authority.count)
        guard !target.contains("#"), !authority.contains("@") else {
            throw ResponderFailure(
                "the URL \(text) has a fragment or a user name, which a responder's cannot")
        }
        guard let (host, port) = Self.hostAndPort(authority) else {
            throw ResponderFailure("the URL \(text) does not name a host and a port from 1 to 65535")
        }
        self.host = host
        self.port = port
        self.authority = String(authority)
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    private static func hostAndPort(_ authority: Substring) -> (String, Int)? {
        let host: Substring
        let rest: Substring
        if authority.hasPrefix("[") {
            host = authority.dropFirst().prefix { $0 != "]" }
            rest = authority.dropFirst(host.count + 2)
            guard authority.contains("]"), host.contains(":") else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority.dropFirst(host.count)
        }
        guard (1...253).contains(host.utf8.count) else { return nil }
        guard !rest.isEmpty else { return (String(host), 80) }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        return (String(host), port)
    }
}
