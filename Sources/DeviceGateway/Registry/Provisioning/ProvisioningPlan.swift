public import X509Auth

/// What a template comes to for one device: what the registry is to make, attach and change.
///
/// A plan is values only. Names and limits are checked when it is carried out, like any others.
public struct ProvisioningPlan: Hashable, Sendable {
    /// What happens to a property of a thing or certificate that exists already and differs.
    public enum Override: String, Hashable, Sendable, Codable, CaseIterable {
        /// It stays as it is.
        case doNothing = "DO_NOTHING"
        /// It becomes what the template says.
        case replace = "REPLACE"
        /// Provisioning fails.
        case fail = "FAIL"
        /// What the template says is added to it. For attributes and groups only.
        case merge = "MERGE"
    }

    /// The thing to create, or to find under its name.
    public struct Thing: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its type's name, if any.
        public var typeName: String?
        /// Its attributes.
        public var attributes: [String: String]
        /// The thing groups it joins.
        public var groups: [String]
        /// Its billing group, if any.
        public var billingGroup: String?
        /// Package names and the version of each that it has.
        public var packageVersions: [String: String]
        /// What happens to the attributes of a thing that exists.
        public var attributesOverride: Override
        /// What happens to the type of a thing that exists.
        public var typeOverride: Override
        /// What happens to the groups of a thing that exists.
        public var groupsOverride: Override
    }

    /// Which certificate is meant.
    public enum CertificateSource: Hashable, Sendable {
        /// A registered one, or the one about to be registered; its id as the template gave it.
        case id(String)
        /// One to be issued for a PKCS #10 signing request in PEM.
        case signingRequest(String)
        /// One to be registered, in PEM, with its authority's where several share a name.
        case pem(String, authority: String?)
    }

    /// The certificate to attach.
    public struct Certificate: Hashable, Sendable {
        /// Which one.
        public var source: CertificateSource
        /// `ACTIVE` or `INACTIVE`.
        public var status: CertificateStatus
        /// What happens to the status of a certificate that is registered already.
        public var statusOverride: Override
        /// Whether the thing is to be the certificate's only one (`EXCLUSIVE_THING`).
        public var isExclusive: Bool
    }

    /// A policy to attach to the certificate.
    public enum Policy: Hashable, Sendable {
        /// One that exists.
        case named(String)
        /// One to be created, unless it exists. Its name is 64 hexadecimal digits of the document's SHA-256.
        case document(name: String, text: String)
    }

    /// The thing; nil if the template has none.
    public var thing: Thing?
    /// The certificate.
    public var certificate: Certificate
    /// The policies, in the order of the template.
    public var policies: [Policy]
    /// JSON to be handed to the device (fleet provisioning); nil if the template has none.
    public var deviceConfiguration: String?
}
