public import X509Auth

/// A device certificate as the registry knows it.
public struct CertificateRecord: Hashable, Sendable {
    /// SHA-256 of ``der``.
    public var id: CertificateID
    /// Only `ACTIVE` lets a device connect. `REVOKED` is final.
    public var status: CertificateStatus
    /// The certificate itself, DER.
    public var der: [UInt8]
    /// Start of validity, Unix seconds.
    public var notBefore: Int64
    /// End of validity, Unix seconds, inclusive.
    public var notAfter: Int64
    /// The subject's common name, if it has one.
    public var commonName: String?
    /// The issuer's distinguished name, DER. With ``serialNumber`` it names what the authority issued,
    /// whatever bytes carry it.
    public var issuer: [UInt8]
    /// The serial number's content bytes.
    public var serialNumber: [UInt8]
    /// The registered authority it was admitted or registered under. Kept when that authority is removed.
    public var authority: CertificateID?
    /// When it was registered, Unix seconds.
    public var registeredAt: Int64

    /// Creates a record from its parts, as a store does when it loads one.
    public init(
        id: CertificateID, status: CertificateStatus, der: [UInt8], notBefore: Int64, notAfter: Int64,
        commonName: String?, issuer: [UInt8], serialNumber: [UInt8], authority: CertificateID?,
        registeredAt: Int64
    ) {
        self.id = id
        self.status = status
        self.der = der
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.commonName = commonName
        self.issuer = issuer
        self.serialNumber = serialNumber
        self.authority = authority
        self.registeredAt = registeredAt
    }

    /// Creates the record of a certificate about to be registered.
    public init(
        _ certificate: X509Certificate, status: CertificateStatus, authority: CertificateID?,
        registeredAt: Int64
    ) {
        self.init(
            id: certificate.id, status: status, der: certificate.der, notBefore: certificate.notBefore,
            notAfter: certificate.notAfter, commonName: certificate.subject.commonName,
            issuer: certificate.issuerDER, serialNumber: certificate.serialNumber.bytes,
            authority: authority, registeredAt: registeredAt)
    }
}

extension CertificateRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, status, der, notBefore, notAfter, commonName, issuer, serialNumber, authority, registeredAt
    }

    /// Decodes a record; identifiers are 64 lowercase hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try values.decodeCertificateID(forKey: .id),
            status: try values.decode(CertificateStatus.self, forKey: .status),
            der: try values.decode([UInt8].self, forKey: .der),
            notBefore: try values.decode(Int64.self, forKey: .notBefore),
            notAfter: try values.decode(Int64.self, forKey: .notAfter),
            commonName: try values.decodeIfPresent(String.self, forKey: .commonName),
            issuer: try values.decode([UInt8].self, forKey: .issuer),
            serialNumber: try values.decode([UInt8].self, forKey: .serialNumber),
            authority: values.contains(.authority)
                ? try values.decodeCertificateID(forKey: .authority) : nil,
            registeredAt: try values.decode(Int64.self, forKey: .registeredAt))
    }

    /// Encodes every field under its own name.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id.string, forKey: .id)
        try values.encode(status, forKey: .status)
        try values.encode(der, forKey: .der)
        try values.encode(notBefore, forKey: .notBefore)
        try values.encode(notAfter, forKey: .notAfter)
        try values.encodeIfPresent(commonName, forKey: .commonName)
        try values.encode(issuer, forKey: .issuer)
        try values.encode(serialNumber, forKey: .serialNumber)
        try values.encodeIfPresent(authority?.string, forKey: .authority)
        try values.encode(registeredAt, forKey: .registeredAt)
    }
}

extension KeyedDecodingContainer {
    func decodeCertificateID(forKey key: Key) throws -> CertificateID {
        let text = try decode(String.self, forKey: key)
        guard let id = CertificateID(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "a certificate id is 64 lowercase hexadecimal digits")
        }
        return id
    }
}
