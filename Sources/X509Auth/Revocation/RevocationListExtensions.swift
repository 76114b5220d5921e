/// What the extensions of a revocation list say (RFC 5280 5.2).
struct RevocationListExtensions: Sendable {
    var authorityKeyIdentifier: [UInt8]?
    var number: SerialNumber?
    var isNumberCritical = false
    /// Whether what narrows the list down is critical, where it is there.
    var marksScopeCritical = true
    var baseNumber: SerialNumber?
    var scope = CertificateRevocationList.Scope.all
    /// DER of the distribution point's name in an issuingDistributionPoint.
    var distributionPoint: [UInt8]?
    /// What was found that makes the list unusable.
    var unsupported: String?

    init() {}

    init(_ list: ExtensionList) throws(DERFailure) {
        for item in list.items {
            switch item.type {
            case .authorityKeyIdentifier:
                authorityKeyIdentifier = try AuthorityKeyIdentifier(item.reader).keyIdentifier
            case .crlNumber:
                number = try Self.number(item.reader)
                isNumberCritical = item.isCritical
            case .deltaCRLIndicator:
                marksScopeCritical = marksScopeCritical && item.isCritical
                baseNumber = try Self.number(item.reader)
            case .issuingDistributionPoint:
                marksScopeCritical = marksScopeCritical && item.isCritical
                try readScope(item.reader)
            default:
                if item.isCritical { unsupported = "has the critical extension \(item.type)" }
            }
        }
        if baseNumber != nil, number == nil {
            throw DERFailure("is a delta list without a number")
        }
    }

    private static func number(_ reader: DERReader) throws(DERFailure) -> SerialNumber {
        var reader = reader
        let content = try reader.integer()
        try reader.finish()
        guard reader.bytes[content.lowerBound] < 0x80, content.count <= 21 else {
            throw DERFailure("has a number that is negative or longer than 20 octets")
        }
        return SerialNumber(bytes: reader.bytes[content])
    }

    private mutating func readScope(_ reader: DERReader) throws(DERFailure) {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        guard !sequence.content.isEmpty else { throw DERFailure("has an empty issuingDistributionPoint") }
        var inner = outer.inside(sequence)
        if let point = try inner.nextIf(DERTag.constructed(0)) { distributionPoint = inner.content(point) }
        var isOnly: [UInt8: Bool] = [:]
        for tag in [DERTag.context(1), DERTag.context(2)] where inner.nextTag == tag {
            isOnly[tag] = try inner.boolean(tag)
        }
        if try inner.nextIf(DERTag.context(3)) != nil {
            unsupported = "covers some reasons only"
        }
        if inner.nextTag == DERTag.context(4), try inner.boolean(DERTag.context(4)) {
            unsupported = "is indirect, naming certificates of other authorities"
        }
        if inner.nextTag == DERTag.context(5), try inner.boolean(DERTag.context(5)) {
            unsupported = "is about attribute certificates"
        }
        try inner.finish()
        switch (isOnly[DERTag.context(1)] ?? false, isOnly[DERTag.context(2)] ?? false) {
        case (false, false): scope = .all
        case (true, false): scope = .endEntities
        case (false, true): scope = .authorities
        case (true, true): throw DERFailure("is about end entities only and authorities only at once")
        }
    }
}
