/// The authority that issues now, and those before it that devices still rely on.
///
/// A predecessor issues nothing more, but its devices are as good as any, and they verify the gateway by it.
/// It is kept until the last of them has a certificate of a successor: that is the overlap.
public struct AuthoritySuccession: Hashable, Sendable {
    /// More authorities at once are a sign that none is ever forgotten.
    public static let maximumPredecessors = 8

    /// Issues every new certificate.
    public private(set) var current: X509Certificate
    /// Those that issued before, the latest first.
    public private(set) var predecessors: [X509Certificate]

    /// From what was kept; the latest predecessor first.
    public init(current: X509Certificate, predecessors: [X509Certificate] = []) {
        self.current = current
        self.predecessors = predecessors
    }

    /// Lets a successor issue from now on.
    ///
    /// - Parameter now: Unix seconds.
    /// - Throws: ``X509Error/Code-swift.struct/refused`` if it is one of these already, may not issue, is
    ///   outside its dates, or eight predecessors are kept already.
    public mutating func succeed(with successor: X509Certificate, now: Int64) throws(X509Error) {
        guard !all.contains(where: { $0.publicKeyDER == successor.publicKeyDER }) else {
            throw X509Error(code: .refused, message: "a successor needs a key of its own")
        }
        do throws(X509Rejection) {
            try X509Requirements.default.checkAuthority(successor)
        } catch {
            throw X509Error(code: .refused, message: error.message)
        }
        guard successor.isValid(at: now) else {
            throw X509Error(
                code: .refused,
                message:
                    "the successor is valid from \(UTCTime.string(successor.notBefore)) to \(UTCTime.string(successor.notAfter)), and it is \(UTCTime.string(now))"
            )
        }
        guard predecessors.count < Self.maximumPredecessors else {
            throw X509Error(
                code: .refused,
                message:
                    "\(predecessors.count) earlier authorities are still kept; give their devices new certificates and forget the oldest first"
            )
        }
        predecessors.insert(current, at: 0)
        current = successor
    }

    /// Stops keeping a predecessor. Its devices can no longer verify the gateway.
    ///
    /// - Parameter devices: How many devices still have a certificate of it (see ``issuer(ofDER:)``).
    /// - Throws: ``X509Error/Code-swift.struct/refused`` while there are any, or if it is none of the
    ///   predecessors.
    public mutating func forget(_ id: CertificateID, devices: Int) throws(X509Error) {
        guard let index = predecessors.firstIndex(where: { $0.id == id }) else {
            throw X509Error(
                code: .refused,
                message: id == current.id
                    ? "the authority that issues now cannot be forgotten; make a successor first"
                    : "\(id) is no earlier authority of this gateway")
        }
        guard devices == 0 else {
            throw X509Error(
                code: .refused,
                message:
                    "\(devices) \(devices == 1 ? "device has" : "devices have") certificates of it; issue them new ones first"
            )
        }
        predecessors.remove(at: index)
    }

    /// Which of them issued a certificate, by issuer and authority key identifier; successors share a name.
    ///
    /// Reads these two fields alone: a registry asks this of every certificate it has. The signature is not
    /// looked at.
    public func issuer(ofDER der: [UInt8]) -> X509Certificate? {
        guard let reference = IssuerReference(der: der) else { return nil }
        return all.first { authority in
            authority.subjectDER == reference.issuerDER
                && (reference.keyIdentifier == nil
                    || reference.keyIdentifier == authority.subjectKeyIdentifier)
        }
    }

    /// The current one and its predecessors, the latest first.
    public var all: [X509Certificate] { [current] + predecessors }
}

/// Who a certificate says has issued it.
private struct IssuerReference {
    let issuerDER: [UInt8]
    let keyIdentifier: [UInt8]?

    init?(der: [UInt8]) {
        guard let read = try? Self.read(der) else { return nil }
        self = read
    }

    private init(issuerDER: [UInt8], keyIdentifier: [UInt8]?) {
        self.issuerDER = issuerDER
        self.keyIdentifier = keyIdentifier
    }

    private static func read(_ der: [UInt8]) throws(DERFailure) -> IssuerReference {
        var reader = try SignedContent(der).reader
        _ = try reader.nextIf(DERTag.constructed(0))
        _ = try reader.next(DERTag.integer)
        _ = try reader.next(DERTag.sequence)
        let issuer = reader.whole(try reader.next(DERTag.sequence))
        while !reader.isAtEnd {
            let element = try reader.next()
            guard element.tag == DERTag.constructed(3) else { continue }
            let extensions = try ExtensionList(explicit: reader.inside(element))
            guard let item = extensions[.authorityKeyIdentifier] else { break }
            return IssuerReference(
                issuerDER: issuer,
                keyIdentifier: try AuthorityKeyIdentifier(item.reader).keyIdentifier)
        }
        return IssuerReference(issuerDER: issuer, keyIdentifier: nil)
    }
}
