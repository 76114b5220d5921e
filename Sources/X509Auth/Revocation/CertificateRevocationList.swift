/// A certificate revocation list (RFC 5280 5), version 1 or 2, complete or delta.
///
/// A list of a million entries costs its own encoding and four bytes an entry: entries stay where they are
/// and are found by binary search in a table of their places, sorted by serial number.
///
/// Reading a list says nothing about trust; that is ``verify(issuer:)``. Refused as a whole: a critical
/// extension that is not known here, of the list or of an entry (RFC 5280 5.2, 5.3), and indirect lists,
/// whose entries are of other authorities.
///
/// A copy is a reference.
public struct CertificateRevocationList: Sendable {
    /// The largest list accepted, in bytes of DER: some three million entries.
    public static let maximumSize = 134_217_728

    /// Which certificates a list is about, by its issuingDistributionPoint (RFC 5280 5.2.5).
    public enum Scope: Hashable, Sendable {
        /// All of the issuer's.
        case all
        /// Those that are no authorities.
        case endEntities
        /// Authorities alone.
        case authorities
    }

    let contents: Contents

    /// Reads one list in DER.
    public init(der: [UInt8]) throws(X509Error) {
        self.contents = try Contents(der: der)
    }

    /// Reads the one list of a PEM text.
    public init(pem: String) throws(X509Error) {
        let bodies = try PEM.decode(pem, label: PEM.revocationList, limit: 2)
        guard let first = bodies.first else {
            throw X509Error(code: .notPEM, message: "the text holds no -----BEGIN X509 CRL----- block")
        }
        guard bodies.count == 1 else {
            throw X509Error(
                code: .notPEM, message: "the text holds several revocation lists; hand in one at a time")
        }
        try self.init(der: first)
    }

    /// Reads a file's content, DER or PEM by its first octet.
    public init(contents bytes: [UInt8]) throws(X509Error) {
        if bytes.first == DERTag.sequence {
            try self.init(der: bytes)
        } else {
            try self.init(pem: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The encoding as received.
    public var der: [UInt8] { contents.der }
    /// 1 or 2.
    public var version: Int { contents.header.version }
    /// Whose list it is.
    public var issuer: DistinguishedName { contents.issuer }
    /// The issuer as encoded.
    public var issuerDER: [UInt8] { contents.issuerDER }
    /// The key identifier of the authority key identifier extension.
    public var authorityKeyIdentifier: [UInt8]? { contents.extensions.authorityKeyIdentifier }
    /// The list's number; each later list has a greater one (RFC 5280 5.2.3).
    public var number: SerialNumber? { contents.extensions.number }
    /// The number of the complete list that a delta list builds on; nil for complete lists.
    public var baseNumber: SerialNumber? { contents.extensions.baseNumber }
    /// Whether it holds changes only.
    public var isDelta: Bool { baseNumber != nil }
    /// Which certificates it is about.
    public var scope: Scope { contents.extensions.scope }
    /// When it was issued, Unix seconds.
    public var thisUpdate: Int64 { contents.header.thisUpdate }
    /// By when the next will be there, Unix seconds; that second included.
    public var nextUpdate: Int64? { contents.header.nextUpdate }
    /// How many certificates it names.
    public var count: Int { contents.entries.count }

    /// Whether `now`, in Unix seconds, lies between ``thisUpdate`` and ``nextUpdate``, both included.
    public func isCurrent(at now: Int64) -> Bool {
        thisUpdate <= now && nextUpdate.map { now <= $0 } ?? true
    }

    /// The entry of one certificate, in logarithmic time; nil: not named.
    ///
    /// - Parameter serial: ``SerialNumber/bytes``, or any big-endian unsigned number.
    public func entry(serial: [UInt8]) -> RevocationEntry? {
        contents.entries.entry(serial: serial, in: contents.der)
    }

    /// Whether this delta list changes `full`: same issuer and scope, built on it or on one before it, and newer
    /// (RFC 5280 5.2.4).
    public func applies(to full: CertificateRevocationList) -> Bool {
        guard let baseNumber, let number, let fullNumber = full.number, !full.isDelta else { return false }
        return issuerDER == full.issuerDER && scope == full.scope
            && contents.extensions.distributionPoint == full.contents.extensions.distributionPoint
            && baseNumber <= fullNumber && fullNumber < number
    }

    /// Checks that `issuer` signed the list: name, key identifier, cRLSign where key usage is present, strength
    /// and signature.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/untrustedList``
    public func verify(issuer: X509Certificate) throws(X509Error) {
        let name = X509Requirements.name(issuer)
        guard self.issuer.matches(issuer.subject) else {
            throw X509Error(
                code: .untrustedList,
                message:
                    "the revocation list is of \(PrintableText.escape(self.issuer.description)), not of authority \(name); load it for its own authority"
            )
        }
        if let wanted = authorityKeyIdentifier, let has = issuer.subjectKeyIdentifier, wanted != has {
            throw X509Error(
                code: .untrustedList,
                message: "the revocation list names another key than that of authority \(name)")
        }
        if let usage = issuer.keyUsage, !usage.contains(.crlSign) {
            throw X509Error(
                code: .untrustedList, message: "authority \(name) may not sign revocation lists: no cRLSign")
        }
        try contents.signature.verify(by: issuer, what: "the revocation list", code: .untrustedList)
    }

    /// - Throws: ``X509Error/Code-swift.struct/staleList``
    func checkNewer(than other: CertificateRevocationList?) throws(X509Error) {
        guard let other else { return }
        let isOlder: Bool
        if let number, let otherNumber = other.number {
            isOlder = number < otherNumber
        } else {
            isOlder = thisUpdate < other.thisUpdate
        }
        guard !isOlder else {
            throw X509Error(
                code: .staleList,
                message:
                    "the revocation list of \(UTCTime.string(thisUpdate)) is older than the one in force, of \(UTCTime.string(other.thisUpdate)); an old list would forget revocations"
            )
        }
    }
}

extension CertificateRevocationList {
    /// Throws for a list that is not about devices, or that is about fewer certificates than the one in force: an
    /// authority may divide its certificates among lists (RFC 5280 5.2.5), and one in another's place would forget
    /// what that revoked.
    func checkCovers(_ other: CertificateRevocationList?) throws(X509Error) {
        guard scope != .authorities else {
            throw X509Error(
                code: .unsupportedList,
                message:
                    "the revocation list is about authorities' certificates only; load the one about devices")
        }
        guard let other else { return }
        let point = contents.extensions.distributionPoint
        guard scope == .all || scope == other.scope,
            point == nil || point == other.contents.extensions.distributionPoint
        else {
            throw X509Error(
                code: .staleList,
                message:
                    "the revocation list does not cover all that the one in force does; it would forget revocations"
            )
        }
    }
}

extension CertificateRevocationList: CustomStringConvertible {
    /// One line: issuer, number, dates and count.
    public var description: String {
        let end = nextUpdate.map { " to \(UTCTime.string($0))" } ?? ""
        let kind = isDelta ? "delta list" : "list"
        return
            "\(kind) \(number.map { "\($0.decimal) " } ?? "")of \(PrintableText.escape(issuer.description)), \(UTCTime.string(thisUpdate))\(end), \(count) entries"
    }
}
