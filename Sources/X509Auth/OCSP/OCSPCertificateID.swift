/// How OCSP names a certificate (RFC 6960 4.1.1): digests of its issuer's name and key, and its serial number.
struct OCSPCertificateID: Hashable, Sendable {
    /// The digest's object identifier.
    let algorithm: String
    let issuerNameHash: [UInt8]
    let issuerKeyHash: [UInt8]
    /// Content octets of the INTEGER.
    let serial: [UInt8]

    static let sha1 = "1.3.14.3.2.26"
    static let sha256 = "2.16.840.1.101.3.4.2.1"

    /// nil: an algorithm that is not known here.
    init?(
        algorithm: String, issuer: X509Certificate, serial: [UInt8]
    ) throws(DERFailure) {
        let digest: ([UInt8]) -> [UInt8]
        switch algorithm {
        case Self.sha1: digest = MessageDigest.sha1
        case Self.sha256: digest = MessageDigest.sha256
        default: return nil
        }
        self.algorithm = algorithm
        self.issuerNameHash = digest(issuer.subjectDER)
        self.issuerKeyHash = digest(try SubjectPublicKeyInfo.keyOctets(issuer.publicKeyDER))
        self.serial = serial
    }

    init(_ reader: DERReader) throws(DERFailure) {
        var reader = reader
        let element = try reader.next(DERTag.sequence)
        var algorithm = reader.inside(element)
        self.algorithm = try algorithm.objectIdentifier()
        _ = try algorithm.nextIf(DERTag.null)
        try algorithm.finish()
        self.issuerNameHash = reader.content(try reader.next(DERTag.octetString))
        self.issuerKeyHash = reader.content(try reader.next(DERTag.octetString))
        self.serial = Array(reader.bytes[try reader.integer()])
        try reader.finish()
    }

    var der: [UInt8] {
        DERWriter.sequence(
            DERWriter.sequence(DERWriter.objectIdentifier(algorithm) ?? [], [DERTag.null, 0]),
            DERWriter.value(DERTag.octetString, issuerNameHash),
            DERWriter.value(DERTag.octetString, issuerKeyHash), DERWriter.value(DERTag.integer, serial))
    }
}
