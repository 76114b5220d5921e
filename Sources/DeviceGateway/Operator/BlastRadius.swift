import X509Auth

/// What a change would end, as an operator is told.
public struct BlastRadius: Hashable, Sendable, Codable {
    /// A live session.
    public struct Session: Hashable, Sendable, Codable {
        /// The client identifier.
        public let clientID: String
        /// The certificate's id.
        public let certificate: String?
        /// The thing, if the session is one's.
        public let thing: String?
        /// Address and port.
        public let remoteAddress: String
    }

    /// No more certificates and sessions than this are listed, each; they are counted all the same.
    public static let maximumListed = 100

    /// What the registry was when this was found out; to be given to
    /// ``OperatorCommand/ifUnchanged(_:since:)``.
    public let generation: UInt64
    /// How many certificates would no longer be admitted.
    public let certificateCount: Int
    /// The first of them, by id.
    public let certificates: [String]
    /// How many certificates would be admitted that are not now.
    public let readmittedCount: Int
    /// How many live sessions would end.
    public let sessionCount: Int
    /// The first of them.
    public let sessions: [Session]

    init(_ preview: RegistryPreview, sessions: [ConnectionSummary]) {
        generation = preview.generation
        certificateCount = preview.certificates.count
        certificates = preview.certificates.prefix(Self.maximumListed).map(\.string)
        readmittedCount = preview.readmitted.count
        sessionCount = sessions.count
        self.sessions = sessions.prefix(Self.maximumListed).map {
            Session(
                clientID: $0.clientID, certificate: $0.certificate?.string, thing: $0.thingName,
                remoteAddress: $0.remoteAddress)
        }
    }
}

/// The trust snapshot's present version and those one can go back to.
public struct TrustSummary: Hashable, Sendable, Codable {
    /// The present version.
    public let version: UInt64
    /// Those one can go back to, latest first.
    public let earlier: [UInt64]
}
