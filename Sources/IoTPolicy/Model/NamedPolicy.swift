/// Where a policy is attached.
public enum PolicySource: Hashable, Sendable {
    /// To the certificate.
    case certificate
    /// To a static thing group or one of its ancestors. Takes effect only for a connection associated with its thing.
    case thingGroup(String)
    /// Returned by a custom authorizer.
    case customAuthorizer
    /// To the IAM role of a Cognito identity pool, a user or a role.
    case role
    /// To a Cognito identity.
    case identity
}

/// A document under the name it is attached by.
public struct NamedPolicy: Hashable, Sendable {
    /// The policy's name; explanations use it.
    public var name: String
    /// The document in force (the default version).
    public var document: PolicyDocument
    /// Where it is attached.
    public var source: PolicySource

    /// A policy to be judged under `name`.
    public init(name: String, document: PolicyDocument, source: PolicySource = .certificate) {
        self.name = name
        self.document = document
        self.source = source
    }
}
