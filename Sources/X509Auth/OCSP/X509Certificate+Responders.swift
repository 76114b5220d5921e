extension X509Certificate {
    /// URLs of OCSP responders in the authority information access extension (RFC 5280 4.2.2.1), in order.
    public var ocspResponders: [String] {
        guard let fields = try? CertificateFields(der: der),
            let item = fields.extensions[.authorityInformationAccess]
        else { return [] }
        return (try? Self.locations(item.reader)) ?? []
    }

    private static func locations(_ reader: DERReader) throws(DERFailure) -> [String] {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        var inner = outer.inside(sequence)
        var urls: [String] = []
        while !inner.isAtEnd {
            let element = try inner.next(DERTag.sequence)
            var description = inner.inside(element)
            let method = try description.objectIdentifier()
            let location = try description.next()
            guard method == "1.3.6.1.5.5.7.48.1", location.tag == DERTag.context(6) else { continue }
            let url = String(decoding: description.content(location), as: UTF8.self)
            if NameSyntax.isURI(url) { urls.append(url) }
        }
        return urls
    }
}
