/// How a request reached the service. Decides which variables have a value.
public enum PolicyTransport: String, Hashable, Sendable, CaseIterable {
    /// MQTT over TLS or TCP.
    case mqtt
    /// MQTT over WebSocket.
    case webSocket
    /// HTTPS. There is no client ID, and thing variables never resolve.
    case http
}

/// Who is asking, as far as it decides which documents have to agree.
///
/// Source: AWS IoT Core Developer Guide, "Authorization with Amazon Cognito identities".
public enum PolicyPrincipal: String, Hashable, Sendable, CaseIterable {
    /// A device with a certificate, or a client of a custom authorizer: all its policies count together.
    case device
    /// An authenticated Cognito identity: the role's policies and, for the data-plane actions, those on the
    /// identity have to allow.
    case authenticatedIdentity
    /// An unauthenticated Cognito identity, an IAM user or a role: the role's policies alone count.
    case unauthenticatedIdentity
}

/// The registry thing that could go with a connection.
public struct ThingContext: Hashable, Sendable {
    /// The thing's name.
    public var name: String
    /// The name of its thing type, if it has one.
    public var typeName: String?
    /// Its attributes.
    public var attributes: [String: String]
    /// Whether the connecting principal is attached to the thing.
    public var isAttached: Bool
    /// Whether that attachment is exclusive (`EXCLUSIVE_THING`), so that the client ID does not matter.
    public var isExclusive: Bool

    /// A thing to be considered for a connection.
    public init(
        name: String, typeName: String? = nil, attributes: [String: String] = [:], isAttached: Bool,
        isExclusive: Bool = false
    ) {
        self.name = name
        self.typeName = typeName
        self.attributes = attributes
        self.isAttached = isAttached
        self.isExclusive = isExclusive
    }
}

/// What the client certificate contributes to a decision.
///
/// Source: AWS IoT Core Developer Guide, "X.509 certificate AWS IoT Core policy variables".
public struct CertificateContext: Hashable, Sendable {
    /// The certificate ID, for `iot:CertificateId`.
    public var id: String
    /// The serial number in decimal, for `iot:Certificate.SerialNumber`.
    public var serialNumber: String?
    /// Subject attributes by AWS's name (`CommonName`, `Organization`, …), values in certificate order.
    public var subject: [String: [String]]
    /// Issuer attributes, likewise.
    public var issuer: [String: [String]]
    /// Subject alternative names by kind (`DNSName`, `IPAddress`, `RFC822Name`, `UniformResourceIdentifier`,
    /// `DirectoryName`).
    public var subjectAlternativeNames: [String: [String]]
    /// Issuer alternative names, likewise.
    public var issuerAlternativeNames: [String: [String]]

    /// A certificate's contribution. Values are given raw, without the escapes AWS demands in policies.
    public init(
        id: String, serialNumber: String? = nil, subject: [String: [String]] = [:],
        issuer: [String: [String]] = [:], subjectAlternativeNames: [String: [String]] = [:],
        issuerAlternativeNames: [String: [String]] = [:]
    ) {
        self.id = id
        self.serialNumber = serialNumber
        self.subject = subject
        self.issuer = issuer
        self.subjectAlternativeNames = subjectAlternativeNames
        self.issuerAlternativeNames = issuerAlternativeNames
    }
}

/// Everything about a request beside its action and resource that a policy can ask for.
public struct PolicyContext: Hashable, Sendable {
    /// How the request came in.
    public var transport: PolicyTransport
    /// Who is asking.
    public var principal: PolicyPrincipal
    /// The MQTT client ID (`iot:ClientId`). Not available over HTTPS.
    public var clientID: String?
    /// The thing that could go with the connection.
    public var thing: ThingContext?
    /// The client certificate.
    public var certificate: CertificateContext?
    /// The client's address (`aws:SourceIp`). Not available through a VPC endpoint.
    public var sourceIP: String?
    /// The server name the client asked for (`iot:DomainName`).
    public var domainName: String?
    /// Seconds since 1970-01-01T00:00:00Z (`aws:CurrentTime`, `aws:EpochTime`).
    public var time: Int64?
    /// Whether the connection is encrypted (`aws:SecureTransport`).
    public var isSecure: Bool
    /// Values of `iot:ConnectAttributes`: `PersistentConnect`, `LastWill`. Seen by `iot:Connect` only.
    public var connectAttributes: [String]
    /// The ARN of the Will topic (`iot:LastWillTopic`). Seen by `iot:Connect` only.
    public var lastWillTopic: String?
    /// The bare topic of a direct message (`iot:Topic`).
    public var messageTopic: String?
    /// Whether `GetConnection` asks for socket information (`iot:IncludeSocketInformation`).
    public var includeSocketInformation: Bool?
    /// The VPC a request came from (`aws:SourceVpc`).
    public var sourceVPC: String?
    /// The VPC endpoint a request came through (`aws:SourceVpce`).
    public var sourceVPCE: String?
    /// The address inside the VPC (`aws:VpcSourceIp`).
    public var vpcSourceIP: String?
    /// Further keys by full name, for example `cognito-identity.amazonaws.com:sub`. Never overrides a key above.
    public var extra: [String: [String]]

    /// A context; whatever is not given has no value.
    public init(
        transport: PolicyTransport = .mqtt, principal: PolicyPrincipal = .device, clientID: String? = nil,
        thing: ThingContext? = nil, certificate: CertificateContext? = nil, sourceIP: String? = nil,
        domainName: String? = nil, time: Int64? = nil, isSecure: Bool = true,
        connectAttributes: [String] = [], lastWillTopic: String? = nil, messageTopic: String? = nil,
        includeSocketInformation: Bool? = nil, sourceVPC: String? = nil, sourceVPCE: String? = nil,
        vpcSourceIP: String? = nil, extra: [String: [String]] = [:]
    ) {
        self.transport = transport
        self.principal = principal
        self.clientID = clientID
        self.thing = thing
        self.certificate = certificate
        self.sourceIP = sourceIP
        self.domainName = domainName
        self.time = time
        self.isSecure = isSecure
        self.connectAttributes = connectAttributes
        self.lastWillTopic = lastWillTopic
        self.messageTopic = messageTopic
        self.includeSocketInformation = includeSocketInformation
        self.sourceVPC = sourceVPC
        self.sourceVPCE = sourceVPCE
        self.vpcSourceIP = vpcSourceIP
        self.extra = extra
    }

    /// The value of `iot:ConnectAttributes` for a session that outlives its connection (in MQTT 5: whose
    /// Session Expiry Interval is above 0).
    public static let persistentConnect = "PersistentConnect"

    /// The value of `iot:ConnectAttributes` for a CONNECT with a Will.
    public static let lastWill = "LastWill"
}
