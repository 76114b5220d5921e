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
    /// The certificates of the registry, in the order of their ids, after `after`.
    case listCertificates(after: String?, limit: Int?)
    /// One certificate in full.
    case showCertificate(CertificateSelector)
    /// Sets a certificate's status. Connections that used it end at once when it is no longer ACTIVE.
    case setCertificateStatus(CertificateSelector, status: String)
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
    /// Registers an authority.
    ///
    /// With `autoRegister`, every certificate that verifies to it is admitted on first sight: it becomes a
    /// thing named by its subject's common name, ACTIVE, with the policies. Without, there are no policies
    /// to name and its certificates still have to be registered one by one.
    case registerAuthority(pem: String, autoRegister: Bool, policies: [String])
    /// Turns an authority on or off, by the start of its id. Off, it admits nobody new.
    case setAuthority(id: String, isActive: Bool)
    /// The registered authorities.
    case listAuthorities(after: String?, limit: Int?)
    /// The gateway's own authority and those before it, with the devices that rely on each.
    case listManagedAuthorities
}

/// Which certificate a command means: by the start of its id, or by the thing it is attached to.
///
/// Exactly one of the two is given.
public struct CertificateSelector: Hashable, Sendable, Codable {
    /// The certificate id (64 hexadecimal digits) or its first digits, at least
    /// ``minimumPrefixLength`` of them.
    public var id: String?
    /// A thing's name.
    public var thing: String?

    /// Fewer digits of an id than this are not taken for it: a slip would hit too easily.
    public static let minimumPrefixLength = 6

    /// The certificate whose id starts with `prefix`.
    public static func id(_ prefix: String) -> Self { .init(id: prefix, thing: nil) }
    /// The certificate or certificates attached to a thing.
    public static func thing(_ name: String) -> Self { .init(id: nil, thing: name) }

    init(id: String?, thing: String?) {
        self.id = id
        self.thing = thing
    }
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
        /// ``OperatorCommand/listCertificates(after:limit:)``
        case listCertificates = "list-certificates"
        /// ``OperatorCommand/showCertificate(_:)``
        case showCertificate = "show-certificate"
        /// ``OperatorCommand/setCertificateStatus(_:status:)``
        case setCertificateStatus = "set-certificate-status"
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
        /// ``OperatorCommand/registerAuthority(pem:autoRegister:policies:)``
        case registerAuthority = "register-authority"
        /// ``OperatorCommand/setAuthority(id:isActive:)``
        case setAuthority = "set-authority"
        /// ``OperatorCommand/listAuthorities(after:limit:)``
        case listAuthorities = "list-authorities"
        /// ``OperatorCommand/listManagedAuthorities``
        case listManagedAuthorities = "list-managed-authorities"
    }

    // The one unlabelled argument needs a name on the wire.
    enum ShowCertificateCodingKeys: String, CodingKey {
        case _0 = "certificate"
    }
    enum SetCertificateStatusCodingKeys: String, CodingKey {
        case _0 = "certificate"
        case status
    }
}
