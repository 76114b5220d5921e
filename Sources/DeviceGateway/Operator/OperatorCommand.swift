public import X509Auth

/// One thing that an operator asks of a gateway.
///
/// The same value is carried out by ``GatewayOperator`` whether it came over the operator socket or
/// from a tool that holds the directory's lock. Its JSON form is the protocol of the socket:
/// an object with one member, named as in ``CodingKeys``, whose value holds the arguments.
public enum OperatorCommand: Hashable, Sendable {
    /// Creates a thing with a first certificate.
    ///
    /// The certificate is issued by the gateway's own authority, ACTIVE, attached to the thing,
    /// and given the policies. Answered with ``OperatorReply/credential(_:)``.
    case addDevice(name: String, policies: [String])
    /// The things of the registry, in the order of their names, after `after`.
    case listDevices(after: String?, limit: Int?)
    /// One thing with its certificates.
    case showDevice(name: String)
    /// Issues one more certificate for a thing that exists, for rotation or when its key was lost; or one for
    /// a signing request that the device has made.
    case createCertificate(thing: String, policies: [String], wish: CertificateWish? = nil)
    /// Registers a certificate that somebody else issued.
    case registerCertificate(CertificateToRegister)
    /// The certificates of the registry, in the order of their ids, after `after`.
    case listCertificates(after: String?, limit: Int?)
    /// One certificate in full.
    case showCertificate(CertificateSelector)
    /// Sets a certificate's status. Connections that used it end at once when it is no longer ACTIVE.
    case setCertificateStatus(CertificateSelector, status: String)
    /// Removes a certificate that is not ACTIVE; with `detach` also from what it is attached to.
    case removeCertificate(CertificateSelector, detach: Bool)
    /// Creates a policy or a new version of it.
    case putPolicy(name: String, document: String)
    /// The policies of the registry.
    case listPolicies(after: String?, limit: Int?)
    /// One policy with its document.
    case showPolicy(name: String)
    /// Attaches a policy to a certificate, or to all certificates of a thing.
    case attachPolicy(name: String, to: CertificateSelector)
    /// Detaches a policy from a certificate, or from all certificates of a thing.
    case detachPolicy(name: String, from: CertificateSelector)
    /// Registers an authority, or changes what its devices get.
    case registerAuthority(AuthorityToRegister)
    /// Turns an authority on or off, by the start of its id. Off, it admits nobody new.
    case setAuthority(id: String, isActive: Bool)
    /// Sets what an authority's revocation list is worth: `none`, `soft` or `hard`.
    case setRevocationMode(id: String, mode: String)
    /// Removes an authority that is off.
    case removeAuthority(id: String)
    /// The registered authorities.
    case listAuthorities(after: String?, limit: Int?)
    /// The gateway's own authority and those before it, with the devices that rely on each.
    case listManagedAuthorities
    /// The code that a verification certificate must carry.
    case showRegistrationCode
    /// Takes in a revocation list from a file, PEM or DER, that the gateway's user can read; with `force` also
    /// one that is older than what is there.
    case loadRevocationList(path: String, force: Bool)
    /// The versions of the trust snapshot that one can go back to.
    case listTrustVersions
    /// Goes back to one.
    case rollBackTrust(version: UInt64)
    /// What a command would end, without carrying it out. For commands that take trust away.
    indirect case preview(OperatorCommand)
    /// Carries a command out if the registry is still what it was previewed on.
    indirect case ifUnchanged(OperatorCommand, since: UInt64)
}

/// How a certificate to be issued differs from the usual one.
public struct CertificateWish: Hashable, Sendable, Codable {
    /// The kind of key to make; nil: P-256. Not with ``request``.
    public var key: KeyKind?
    /// Last valid second, Unix time; nil: AWS IoT's 2049-12-31T23:59:59Z, or the authority's own if that is
    /// earlier.
    public var notAfter: Int64?
    /// A PKCS #10 signing request in PEM, whose key is certified instead of a new one.
    public var request: String?
    /// DNS names to certify as alternative names; nil: none. Those that a request asks for are not looked at.
    public var dnsNames: [String]?
    /// Whether the thing is created if it does not exist.
    public var createsThing: Bool?

    /// The usual certificate, to be changed field by field.
    public init() {}
}

extension OperatorCommand: Codable {
    /// The commands' names on the wire.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        /// ``OperatorCommand/addDevice(name:policies:)``
        case addDevice = "add-device"
        /// ``OperatorCommand/listDevices(after:limit:)``
        case listDevices = "list-devices"
        /// ``OperatorCommand/showDevice(name:)``
        case showDevice = "show-device"
        /// ``OperatorCommand/createCertificate(thing:policies:wish:)``
        case createCertificate = "create-certificate"
        /// ``OperatorCommand/registerCertificate(_:)``
        case registerCertificate = "register-certificate"
        /// ``OperatorCommand/listCertificates(after:limit:)``
        case listCertificates = "list-certificates"
        /// ``OperatorCommand/showCertificate(_:)``
        case showCertificate = "show-certificate"
        /// ``OperatorCommand/setCertificateStatus(_:status:)``
        case setCertificateStatus = "set-certificate-status"
        /// ``OperatorCommand/removeCertificate(_:detach:)``
        case removeCertificate = "remove-certificate"
        /// ``OperatorCommand/putPolicy(name:document:)``
        case putPolicy = "put-policy"
        /// ``OperatorCommand/listPolicies(after:limit:)``
        case listPolicies = "list-policies"
        /// ``OperatorCommand/showPolicy(name:)``
        case showPolicy = "show-policy"
        /// ``OperatorCommand/attachPolicy(name:to:)``
        case attachPolicy = "attach-policy"
        /// ``OperatorCommand/detachPolicy(name:from:)``
        case detachPolicy = "detach-policy"
        /// ``OperatorCommand/registerAuthority(_:)``
        case registerAuthority = "register-authority"
        /// ``OperatorCommand/setAuthority(id:isActive:)``
        case setAuthority = "set-authority"
        /// ``OperatorCommand/setRevocationMode(id:mode:)``
        case setRevocationMode = "set-revocation-mode"
        /// ``OperatorCommand/removeAuthority(id:)``
        case removeAuthority = "remove-authority"
        /// ``OperatorCommand/listAuthorities(after:limit:)``
        case listAuthorities = "list-authorities"
        /// ``OperatorCommand/listManagedAuthorities``
        case listManagedAuthorities = "list-managed-authorities"
        /// ``OperatorCommand/showRegistrationCode``
        case showRegistrationCode = "show-registration-code"
        /// ``OperatorCommand/loadRevocationList(path:force:)``
        case loadRevocationList = "load-revocation-list"
        /// ``OperatorCommand/listTrustVersions``
        case listTrustVersions = "list-trust-versions"
        /// ``OperatorCommand/rollBackTrust(version:)``
        case rollBackTrust = "roll-back-trust"
        /// ``OperatorCommand/preview(_:)``
        case preview
        /// ``OperatorCommand/ifUnchanged(_:since:)``
        case ifUnchanged = "if-unchanged"
    }

    // Unlabelled arguments need a name on the wire.
    enum ShowCertificateCodingKeys: String, CodingKey {
        case _0 = "certificate"
    }
    enum SetCertificateStatusCodingKeys: String, CodingKey {
        case _0 = "certificate"
        case status
    }
    enum RemoveCertificateCodingKeys: String, CodingKey {
        case _0 = "certificate"
        case detach
    }
    enum RegisterCertificateCodingKeys: String, CodingKey { case _0 = "certificate" }
    enum RegisterAuthorityCodingKeys: String, CodingKey { case _0 = "authority" }
    enum PreviewCodingKeys: String, CodingKey { case _0 = "command" }
    enum IfUnchangedCodingKeys: String, CodingKey {
        case _0 = "command"
        case since
    }
}
