public import X509Auth

/// A certificate to be registered, which somebody else issued.
public struct CertificateToRegister: Hashable, Sendable, Codable {
    /// The certificate, PEM.
    public var pem: String
    /// The registered authority that issued it: its id or the first digits of it. Nil: none is asked (AWS IoT:
    /// RegisterCertificateWithoutCA).
    public var authority: String?
    /// ``X509Auth/CertificateStatus`` as AWS IoT names it: `ACTIVE`, `INACTIVE` or `REVOKED`.
    public var status: String
    /// Whether its device is admitted only if it names the server it wants (SNI).
    public var sniOnly: Bool
    /// The thing it is attached to, made if it does not exist; nil: none.
    public var thing: String?
    /// Whether thing and certificate are each other's only one.
    public var exclusive: Bool
    /// The policies attached to it.
    public var policies: [String]

    /// A certificate to be registered.
    public init(
        pem: String, authority: String? = nil, status: String = CertificateStatus.active.rawValue,
        sniOnly: Bool = false, thing: String? = nil, exclusive: Bool = false, policies: [String] = []
    ) {
        self.pem = pem
        self.authority = authority
        self.status = status
        self.sniOnly = sniOnly
        self.thing = thing
        self.exclusive = exclusive
        self.policies = policies
    }
}

/// An authority to be registered.
public struct AuthorityToRegister: Hashable, Sendable, Codable {
    /// What becomes of devices that the registry does not know.
    public enum FirstSight: String, Hashable, Sendable, Codable, CaseIterable {
        /// They are refused.
        case refused
        /// Their certificates are registered `PENDING_ACTIVATION`, and the event is published.
        case pending
        /// A thing is made under the certificate's common name, ACTIVE, with the policies.
        case commonName = "common-name"
        /// The template says what is made.
        case template
    }

    /// The authority's certificate, PEM.
    public var pem: String
    /// A certificate that the authority issued with the registration code as common name, PEM: the proof that
    /// whoever registers the authority holds its key. Nil: no proof is given, which is enough only with ``sniOnly`` or
    /// ``withoutProof``, or for an authority that is registered in mode DEFAULT already.
    public var verificationPEM: String?
    /// Registers it in mode DEFAULT on the operator's word, where AWS IoT would ask for the proof.
    public var withoutProof: Bool
    /// Whether its devices are admitted only if they name the server they want (SNI); takes no proof.
    public var sniOnly: Bool
    /// What becomes of unknown devices.
    public var firstSight: FirstSight
    /// With ``FirstSight/commonName``: the policies of such a device's certificate.
    public var policies: [String]
    /// With ``FirstSight/template``: AWS IoT's template JSON.
    public var template: String?
    /// What its revocation list is worth: `none`, `soft` or `hard`; nil: as it was.
    public var revocationMode: String?

    /// An authority to be registered.
    public init(
        pem: String, verificationPEM: String? = nil, withoutProof: Bool = false, sniOnly: Bool = false,
        firstSight: FirstSight = .refused,
        policies: [String] = [], template: String? = nil, revocationMode: String? = nil
    ) {
        self.pem = pem
        self.verificationPEM = verificationPEM
        self.withoutProof = withoutProof
        self.sniOnly = sniOnly
        self.firstSight = firstSight
        self.policies = policies
        self.template = template
        self.revocationMode = revocationMode
    }
}
