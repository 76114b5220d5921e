/// What path validation reads from a certificate's encoding itself.
struct CertificateFields: Sendable {
    /// Content octets of the serial number.
    let serial: [UInt8]
    /// Unix seconds; nil where a date is not written as RFC 5280 4.1.2.5 demands.
    let notBefore: Int64?
    let notAfter: Int64?
    let extensions: ExtensionList

    init(der: [UInt8]) throws(DERFailure) {
        var reader = try SignedContent(der).reader
        _ = try reader.nextIf(DERTag.constructed(0))
        self.serial = reader.content(try reader.next(DERTag.integer))
        _ = try reader.next(DERTag.sequence)
        _ = try reader.next(DERTag.sequence)
        let validity = try reader.next(DERTag.sequence)
        var dates = reader.inside(validity)
        self.notBefore = Self.date(dates.bytes, try dates.next())
        self.notAfter = Self.date(dates.bytes, try dates.next())
        try dates.finish()
        _ = try reader.next(DERTag.sequence)
        _ = try reader.next(DERTag.sequence)
        _ = try reader.nextIf(DERTag.context(1))
        _ = try reader.nextIf(DERTag.context(2))
        if let wrapped = try reader.nextIf(DERTag.constructed(3)) {
            self.extensions = try ExtensionList(explicit: reader.inside(wrapped))
        } else {
            self.extensions = .empty
        }
        try reader.finish()
    }

    /// Dates to 2049 are UTCTime, later ones GeneralizedTime.
    private static func date(_ bytes: [UInt8], _ element: DERElement) -> Int64? {
        guard let seconds = DERTime.seconds(tag: element.tag, bytes[element.content]) else { return nil }
        return (seconds >= firstGeneralized) == (element.tag == DERTag.generalizedTime)
            || seconds < firstUTC ? seconds : nil
    }

    /// 2050-01-01T00:00:00Z
    static let firstGeneralized: Int64 = 2_524_608_000
    /// 1950-01-01T00:00:00Z
    private static let firstUTC: Int64 = -631_152_000
}
