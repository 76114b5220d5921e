/// What a command was answered with.
public enum OperatorReply: Hashable, Sendable {
    /// A freshly issued credential. Its private key exists nowhere else.
    case credential(DeviceCredential)
    /// A page of things.
    case devices(OperatorPage<DeviceSummary>)
    /// One thing.
    case device(DeviceSummary)
    /// A page of certificates.
    case certificates(OperatorPage<CertificateSummary>)
    /// One certificate in full.
    case certificate(CertificateDetail)
    /// Certificates that the command changed, as they are now.
    case changed([CertificateSummary])
    /// A page of policies.
    case policies(OperatorPage<PolicySummary>)
    /// One policy in full.
    case policy(PolicyDetail)
    /// A page of authorities.
    case authorities(OperatorPage<AuthoritySummary>)
    /// One authority.
    case authority(AuthoritySummary)
    /// The gateway's own authorities, the one that issues first.
    case managedAuthorities([ManagedAuthoritySummary])
    /// 64 hexadecimal digits.
    case registrationCode(String)
    /// What a command would end.
    case blastRadius(BlastRadius)
    /// The trust snapshot's versions.
    case trust(TrustSummary)
}

extension OperatorReply: Codable {
    enum CredentialCodingKeys: String, CodingKey { case _0 = "value" }
    enum DevicesCodingKeys: String, CodingKey { case _0 = "value" }
    enum DeviceCodingKeys: String, CodingKey { case _0 = "value" }
    enum CertificatesCodingKeys: String, CodingKey { case _0 = "value" }
    enum CertificateCodingKeys: String, CodingKey { case _0 = "value" }
    enum ChangedCodingKeys: String, CodingKey { case _0 = "value" }
    enum PoliciesCodingKeys: String, CodingKey { case _0 = "value" }
    enum PolicyCodingKeys: String, CodingKey { case _0 = "value" }
    enum AuthoritiesCodingKeys: String, CodingKey { case _0 = "value" }
    enum AuthorityCodingKeys: String, CodingKey { case _0 = "value" }
    enum ManagedAuthoritiesCodingKeys: String, CodingKey { case _0 = "value" }
    enum RegistrationCodeCodingKeys: String, CodingKey { case _0 = "value" }
    enum BlastRadiusCodingKeys: String, CodingKey { case _0 = "value" }
    enum TrustCodingKeys: String, CodingKey { case _0 = "value" }
}

/// Part of a list, so that no reply grows with the registry.
public struct OperatorPage<Element: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    /// The elements, in the list's order.
    public let items: [Element]
    /// What to pass as `after` for the next page; nil when this is the last.
    public let next: String?
}

/// A key and a certificate, as a device needs them.
public struct DeviceCredential: Hashable, Sendable, Codable {
    /// The thing's name.
    public let thing: String
    /// The certificate's id.
    public let certificateID: String
    /// The certificate, PEM.
    public let certificatePEM: String
    /// The private key, PEM. A secret. Nil where the device has kept it and sent a signing request.
    public let privateKeyPEM: String?
    /// The certificate that the device verifies the gateway with, PEM.
    public let rootCertificatePEM: String
    /// The policies attached to the certificate.
    public let policies: [String]
    /// When the certificate expires, Unix seconds.
    public let notAfter: Int64
    /// The port that the running gateway accepts devices on; nil when none runs.
    public let tlsPort: Int?
}

extension DeviceCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names the credential; never shows the key.
    public var description: String { "credential of \(thing), certificate \(certificateID)" }
    /// Names the credential; never shows the key.
    public var debugDescription: String { description }
    /// Names the credential; never shows the key, in a dump neither.
    public var customMirror: Mirror {
        Mirror(self, children: ["thing": thing, "certificateID": certificateID])
    }
}

/// A thing and what is attached to it.
public struct DeviceSummary: Hashable, Sendable, Codable {
    /// The thing's name.
    public let name: String
    /// The thing's type, if it has one.
    public let typeName: String?
    /// The thing's attributes.
    public let attributes: [String: String]
    /// The certificates attached to it.
    public let certificates: [CertificateSummary]
}

/// A certificate of the registry.
public struct CertificateSummary: Hashable, Sendable, Codable {
    /// SHA-256 of its DER form, 64 lowercase hexadecimal digits.
    public let id: String
    /// Its status, as AWS IoT names it.
    public let status: String
    /// The subject's common name.
    public let commonName: String?
    /// Start of validity, Unix seconds.
    public let notBefore: Int64
    /// End of validity, Unix seconds.
    public let notAfter: Int64
    /// When it was registered, Unix seconds.
    public let registeredAt: Int64
    /// The registered authority it was admitted by, when it was admitted on first sight.
    public let authority: String?
    /// Names of the things it is attached to.
    public let things: [String]
    /// Names of the policies attached to it.
    public let policies: [String]
}

/// A certificate of the registry with what stands in it.
public struct CertificateDetail: Hashable, Sendable, Codable {
    /// What the registry says of it.
    public let summary: CertificateSummary
    /// The subject's name (RFC 4514).
    public let subject: String
    /// The issuer's name (RFC 4514).
    public let issuer: String
    /// The serial number, decimal as AWS shows it.
    public let serialNumber: String
    /// The kind of key.
    public let key: String
    /// The certificate, PEM.
    public let pem: String
}

/// A policy of the registry.
public struct PolicySummary: Hashable, Sendable, Codable {
    /// The policy's name.
    public let name: String
    /// Grows by one with every `putPolicy`.
    public let version: Int
    /// How many certificates it is attached to.
    public let targetCount: Int
}

/// A policy of the registry with its document.
public struct PolicyDetail: Hashable, Sendable, Codable {
    /// What the registry says of it.
    public let summary: PolicySummary
    /// The document as it was given.
    public let document: String
    /// Ids of certificates it is attached to, at most ``maximumTargets`` of them.
    public let targets: [String]

    /// No more targets than this are listed.
    public static let maximumTargets = 100
}

/// A registered authority.
public struct AuthoritySummary: Hashable, Sendable, Codable {
    /// SHA-256 of its DER form.
    public let id: String
    /// The subject's name (RFC 4514).
    public let subject: String
    /// End of validity, Unix seconds.
    public let notAfter: Int64
    /// Whether it is in force.
    public let isActive: Bool
    /// `DEFAULT` or `SNI_ONLY`, as AWS IoT names it.
    public let mode: String
    /// What becomes of devices that the registry does not know.
    public let firstSight: AuthorityToRegister.FirstSight
    /// The policies that such a device's certificate gets, unless a template says so.
    public let policies: [String]
    /// What its revocation list is worth: `none`, `soft` or `hard`.
    public let revocationMode: String
    /// Its revocation lists: the complete one, then the delta.
    public let revocationLists: [RevocationListSummary]
}

/// A revocation list of an authority.
public struct RevocationListSummary: Hashable, Sendable, Codable {
    /// Its number, decimal.
    public let number: String?
    /// Whether it holds changes only.
    public let isDelta: Bool
    /// How many certificates it names.
    public let count: Int
    /// When it was issued, Unix seconds.
    public let thisUpdate: Int64
    /// By when the next is due, Unix seconds.
    public let nextUpdate: Int64?
}
