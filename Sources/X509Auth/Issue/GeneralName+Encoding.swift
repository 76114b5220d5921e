extension GeneralName {
    /// One alternative name in DER, for the kinds that are issued: DNS, address, email and URI.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/invalidArgument``.
    func encoded() throws(X509Error) -> [UInt8] {
        switch self {
        case .dns(let name):
            guard HostName.isValid(name) else {
                throw X509Error(
                    code: .invalidArgument,
                    message:
                        "\"\(PrintableText.escape(name))\" is no DNS name; use letters, digits, hyphens and dots (punycode for others), at most 253 characters"
                )
            }
            return DERWriter.value(DERTag.context(2), Array(name.utf8))
        case .ipAddress(let octets) where octets.count == 4 || octets.count == 16:
            return DERWriter.value(DERTag.context(7), octets)
        case .rfc822(let text): return try Self.ascii(text, tag: 1, "an email address")
        case .uri(let text): return try Self.ascii(text, tag: 6, "a URI")
        default:
            throw X509Error(
                code: .invalidArgument,
                message: "\(self) is of a kind that is not issued; use DNS names, addresses, email or URIs")
        }
    }

    private static func ascii(_ text: String, tag: UInt8, _ what: String) throws(X509Error) -> [UInt8] {
        guard (1...2_048).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw X509Error(
                code: .invalidArgument,
                message: "\"\(PrintableText.escape(text))\" is not \(what) in ASCII without spaces")
        }
        return DERWriter.value(DERTag.context(tag), Array(text.utf8))
    }
}
