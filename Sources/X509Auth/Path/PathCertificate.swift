/// A certificate with all that path validation asks of it, read once.
struct PathCertificate: Sendable {
    let certificate: X509Certificate
    let fields: CertificateFields
    let constraints: NameConstraints?
    let policies: CertificatePolicies
    let authorityKey: AuthorityKeyIdentifier?
    let distributionPoints: [DistributionPoint]
    let subject: [[DistinguishedName.ComparableAttribute]]
    let issuer: [[DistinguishedName.ComparableAttribute]]

    /// Reads every extension that is known here, so that a malformed one is never passed over.
    init(_ certificate: X509Certificate) throws(X509Error) {
        self.certificate = certificate
        do throws(DERFailure) {
            let fields = try CertificateFields(der: certificate.der)
            self.fields = fields
            let extensions = fields.extensions
            self.constraints = try extensions[.nameConstraints].map { item throws(DERFailure) in
                try NameConstraints(item.reader)
            }
            self.policies = try CertificatePolicies(extensions)
            self.authorityKey = try extensions[.authorityKeyIdentifier].map { item throws(DERFailure) in
                try AuthorityKeyIdentifier(item.reader)
            }
            var points: [DistributionPoint] = []
            for type in [ExtensionType.crlDistributionPoints, .freshestCRL] {
                guard let item = extensions[type] else { continue }
                let list = try DistributionPoint.list(item.reader)
                if type == .crlDistributionPoints { points = list }
            }
            self.distributionPoints = points
            for type in [ExtensionType.authorityInformationAccess, .subjectInformationAccess] {
                if let item = extensions[type] { try Self.checkAccess(item.reader) }
            }
        } catch {
            throw X509Error(
                code: .invalidExtension,
                message: "certificate \(X509Requirements.name(certificate)) \(error.message)")
        }
        self.subject = certificate.subject.comparable
        self.issuer = certificate.issuer.comparable
    }

    static func reading(_ certificate: X509Certificate) throws(CertificatePathFailure) -> PathCertificate {
        do {
            return try PathCertificate(certificate)
        } catch {
            throw CertificatePathFailure(.malformed, error.message)
        }
    }

    /// OpenSSL's form; kept of authorities, parsed anew of others.
    func handle() throws(CertificatePathFailure) -> CertificateHandle {
        do {
            return try certificate.contents.handle()
        } catch {
            throw CertificatePathFailure(.malformed, error.message)
        }
    }

    /// Whether it is signed by its own key.
    var isSelfSigned: Bool {
        guard let handle = try? handle() else { return false }
        return handle.isSigned(by: handle)
    }

    var isSelfIssued: Bool { subject == issuer }
    var name: String { X509Requirements.name(certificate) }

    /// Whether the names and key identifiers say that `issuer` may have signed this one.
    func names(_ issuer: PathCertificate) -> Bool {
        guard self.issuer == issuer.subject else { return false }
        guard let wanted = authorityKey?.keyIdentifier,
            let has = issuer.certificate.subjectKeyIdentifier
        else { return true }
        return wanted == has
    }

    /// AuthorityInfoAccessSyntax: one or more access descriptions (RFC 5280 4.2.2.1).
    private static func checkAccess(_ reader: DERReader) throws(DERFailure) {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        var inner = outer.inside(sequence)
        guard !inner.isAtEnd else { throw DERFailure("has an empty list of access descriptions") }
        while !inner.isAtEnd {
            let element = try inner.next(DERTag.sequence)
            var description = inner.inside(element)
            _ = try description.objectIdentifier()
            let location = try description.next()
            guard location.tag & 0xc0 == 0x80 else {
                throw DERFailure("has an access description whose location is no name")
            }
            try description.finish()
        }
    }
}

/// Where a certificate's revocation lists are (RFC 5280 4.2.1.13).
struct DistributionPoint: Hashable, Sendable {
    /// DER of the DistributionPointName, comparable octet by octet.
    let name: [UInt8]?
    /// DER of the names of another authority that issues the lists.
    let issuer: [UInt8]?

    static func list(_ reader: DERReader) throws(DERFailure) -> [DistributionPoint] {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        var inner = outer.inside(sequence)
        var points: [DistributionPoint] = []
        while !inner.isAtEnd {
            let element = try inner.next(DERTag.sequence)
            var point = inner.inside(element)
            let name = try point.nextIf(DERTag.constructed(0))
            _ = try point.nextIf(DERTag.context(1))
            let issuer = try point.nextIf(DERTag.constructed(2))
            try point.finish()
            guard name != nil || issuer != nil else {
                throw DERFailure("has a distribution point without a name or issuer")
            }
            points.append(
                DistributionPoint(
                    name: name.map(inner.content), issuer: issuer.map(inner.content)))
        }
        guard !points.isEmpty else { throw DERFailure("has an empty list of distribution points") }
        return points
    }
}
