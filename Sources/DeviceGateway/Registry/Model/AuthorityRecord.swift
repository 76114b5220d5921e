public import X509Auth

/// A registered certificate authority.
public struct AuthorityRecord: Hashable, Sendable {
    /// SHA-256 of ``der``.
    public var id: CertificateID
    /// The authority's certificate, DER.
    public var der: [UInt8]
    /// An inactive authority admits nobody new; devices already registered are not affected
    /// (AWS IoT Developer Guide: "Deactivate a CA certificate").
    public var isActive: Bool
    /// What is made for a device of this authority at first sight; `nil`: unknown devices are refused.
    public var template: ProvisioningTemplate?
    /// When it was registered, Unix seconds.
    public var registeredAt: Int64

    /// Creates a record from its parts, as a store does when it loads one.
    public init(
        id: CertificateID, der: [UInt8], isActive: Bool, template: ProvisioningTemplate?, registeredAt: Int64
    ) {
        self.id = id
        self.der = der
        self.isActive = isActive
        self.template = template
        self.registeredAt = registeredAt
    }
}

extension AuthorityRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, der, isActive, template, registeredAt
    }

    /// Decodes a record; the identifier is 64 lowercase hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try values.decodeCertificateID(forKey: .id),
            der: try values.decode([UInt8].self, forKey: .der),
            isActive: try values.decode(Bool.self, forKey: .isActive),
            template: try values.decodeIfPresent(ProvisioningTemplate.self, forKey: .template),
            registeredAt: try values.decode(Int64.self, forKey: .registeredAt))
    }

    /// Encodes every field under its own name.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id.string, forKey: .id)
        try values.encode(der, forKey: .der)
        try values.encode(isActive, forKey: .isActive)
        try values.encodeIfPresent(template, forKey: .template)
        try values.encode(registeredAt, forKey: .registeredAt)
    }
}
