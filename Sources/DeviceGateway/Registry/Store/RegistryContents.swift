public import X509Auth

/// Everything a ``RegistryStore`` holds. The order of the arrays has no meaning.
public struct RegistryContents: Sendable {
    /// A thing or policy attached to a certificate.
    public struct Attachment: Hashable, Sendable {
        /// The thing's or the policy's name.
        public var name: String
        /// The certificate.
        public var certificate: CertificateID

        /// Creates an attachment.
        public init(name: String, certificate: CertificateID) {
            self.name = name
            self.certificate = certificate
        }
    }

    /// All things.
    public var things: [ThingRecord]
    /// All certificates.
    public var certificates: [CertificateRecord]
    /// All policies.
    public var policies: [PolicyRecord]
    /// All authorities.
    public var authorities: [AuthorityRecord]
    /// Which things are attached to which certificates.
    public var thingAttachments: [Attachment]
    /// Which policies are attached to which certificates.
    public var policyAttachments: [Attachment]

    /// Creates contents; by default nothing.
    public init(
        things: [ThingRecord] = [], certificates: [CertificateRecord] = [], policies: [PolicyRecord] = [],
        authorities: [AuthorityRecord] = [], thingAttachments: [Attachment] = [],
        policyAttachments: [Attachment] = []
    ) {
        self.things = things
        self.certificates = certificates
        self.policies = policies
        self.authorities = authorities
        self.thingAttachments = thingAttachments
        self.policyAttachments = policyAttachments
    }
}
