/// Choices where AWS's documentation is silent or contradicts itself.
///
/// Every default is the reading that fits the documentation best; where that leaves a choice, it is the one
/// that grants less. Two points have no switch, because only one answer is safe: a value bound to a variable
/// is never read as a pattern, and delivery is always judged on `topic/<topic>`, so that a right to a shared
/// subscription's text cannot stand in for the right to its messages.
public struct PolicyOptions: Hashable, Sendable {
    /// Whether `NotAction` is accepted. It appears on no AWS IoT page, only in IAM's grammar.
    public var acceptsNotAction = true

    /// Whether `Principal` and `NotPrincipal` are accepted (and ignored) instead of refused.
    public var acceptsPrincipal = false

    /// Whether the top-level `Id` is accepted (and ignored).
    public var acceptsID = true

    /// What to do with a condition operator that does not exist.
    public var unknownOperator = UnknownOperator.refuse

    /// Whether a condition value its operator cannot read (`IpAddress` with no address, `Bool` with no truth
    /// value) makes the document malformed. If not, the value equals nothing. A value that holds a variable where
    /// none is supported is always accepted and equals nothing.
    public var refusesUnreadableValues = true

    /// Whether `$<iot:…>`, as some AWS pages print it, is read as `${iot:…}`.
    public var acceptsAngleBracketVariables = true

    /// Whether a client ID that holds `*` or `?` is substituted at all. If it is, it is compared literally; if not,
    /// `iot:ClientId` has no value in patterns, as a certificate value with such a character has none. Conditions
    /// on `iot:ClientId` see it either way.
    public var substitutesClientIDsWithWildcards = true

    /// What a `Resource` entry with a variable that has no value does to its siblings.
    public var unresolvedResource = UnresolvedResource.onlyThatEntry

    /// What a `NotResource` entry with a variable that has no value does. IAM: it matches nothing, so that the
    /// statement applies to everything the other entries leave.
    public var unresolvedNotResource = UnresolvedNotResource.matchesNothing

    /// Whether `ThingTypeName` and `IsAttached` resolve under an exclusive attachment with any client ID, as
    /// `ThingName` does.
    public var exclusiveThingResolvesTypeAndAttachment = true

    /// What `iot:Connection.Thing.IsAttached` is for a connection that is not associated with the thing.
    public var isAttachedWithoutAssociation = IsAttachedWithoutAssociation.absent

    /// Whether attribute names inside `Attributes[…]` compare without case.
    public var attributeNamesIgnoreCase = false

    /// What a condition sees of a certificate value that cannot be substituted because it is too long or holds
    /// one of `*`, `$`, `+`, `?`, `#`. `.List` keys always see the value, since dropping it could satisfy
    /// `ForAllValues`.
    public var unusableCertificateValue = UnusableCertificateValue.absent

    /// Whether certificate values carry a backslash before `, " \ + = < > ;`, in conditions and resources alike.
    public var escapesCertificateValues = true

    /// How an operator without set prefix reads a key with several values.
    public var plainOperatorOnSeveralValues = SeveralValues.anyPasses

    /// Whether `ForAllValues` with a negated operator holds when the key has no values.
    public var negatedForAllValuesHoldsWithoutValues = true

    /// When a session counts as persistent for `iot:ConnectAttributes`.
    public var persistentSession = PersistentSession.expiryAboveZero

    /// Whether `aws:CurrentTime`, `aws:EpochTime` and `aws:SecureTransport` are provided.
    public var providesGlobalKeys = true

    /// Whether policies of a thing's groups count for an exclusively attached thing with another client ID.
    public var groupPoliciesApplyToExclusiveThing = true

    /// Whether a retained publish to a `$aws/` topic is judged by policy at all. AWS: it is not possible.
    public var allowsRetainedPublishToReservedTopics = false

    /// The proposed reading of every open point.
    public init() {}

    /// The proposed reading of every open point.
    public static let `default` = PolicyOptions()

    /// Whether a CONNECT asks for a persistent session, so that `iot:ConnectAttributes` holds `PersistentConnect`.
    ///
    /// - Parameters:
    ///   - cleanStart: Clean Start of MQTT 5, Clean Session of MQTT 3.1.1.
    ///   - sessionExpiryInterval: in seconds; in MQTT 3.1.1, where Clean Session alone decides, 0 if that is set and
    ///     anything else if not.
    public func isPersistent(cleanStart: Bool, sessionExpiryInterval: UInt32) -> Bool {
        switch persistentSession {
        case .expiryAboveZero: sessionExpiryInterval > 0
        case .expiryAboveZeroOrNoCleanStart: sessionExpiryInterval > 0 || !cleanStart
        }
    }

    /// Choices for ``PolicyOptions/persistentSession``.
    public enum PersistentSession: Hashable, Sendable {
        /// The session outlives its connection: Session Expiry Interval above 0.
        case expiryAboveZero
        /// That, or the client wants to resume an earlier session: Clean Start 0.
        case expiryAboveZeroOrNoCleanStart
    }

    /// Choices for ``PolicyOptions/unknownOperator``.
    public enum UnknownOperator: Hashable, Sendable {
        /// The document is malformed.
        case refuse
        /// The condition never holds, so the statement never applies. Beware of a `Deny`.
        case neverHolds
    }

    /// Choices for ``PolicyOptions/unresolvedResource``.
    public enum UnresolvedResource: Hashable, Sendable {
        /// Only the entry itself matches nothing.
        case onlyThatEntry
        /// The whole statement applies to nothing.
        case wholeStatement
    }

    /// Choices for ``PolicyOptions/unresolvedNotResource``.
    public enum UnresolvedNotResource: Hashable, Sendable {
        /// The entry excepts nothing.
        case matchesNothing
        /// An `Allow` does not apply at all; a `Deny` excepts nothing.
        case failsClosed
    }

    /// Choices for ``PolicyOptions/isAttachedWithoutAssociation``.
    public enum IsAttachedWithoutAssociation: Hashable, Sendable {
        /// The key has no value, like the other thing variables.
        case absent
        /// The key is `false` on an MQTT connection.
        case isFalse
    }

    /// Choices for ``PolicyOptions/unusableCertificateValue``.
    public enum UnusableCertificateValue: Hashable, Sendable {
        /// The key has no value.
        case absent
        /// Conditions compare the value; it is still not substituted.
        case comparable
    }

    /// Choices for ``PolicyOptions/plainOperatorOnSeveralValues``.
    public enum SeveralValues: Hashable, Sendable {
        /// The test holds if it holds for one value.
        case anyPasses
        /// The test holds if it holds for every value.
        case allPass
    }
}
