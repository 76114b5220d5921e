import X509Auth

/// A certificate and what is attached to it: what decisions need and nothing else. Its encoding stays in
/// the store.
struct CertificateEntry: SortedTableRow {
    // What a look-up asks for lies together at the beginning: each further cache line of a million rows is one more to
    // wait for.
    let id: CertificateID
    /// Shared by all certificates of one issuer.
    let issuer: IssuerName
    let serialNumber: CompactOctets
    var status: CertificateStatus
    let mode: CertificateMode
    /// Its one thing is its own: connections are the thing's whatever their client identifier.
    var isExclusive = false
    let notBefore: Int64
    let notAfter: Int64
    let registeredAt: Int64
    let authority: CertificateID?
    /// Names of the policies, sorted. Shared by all certificates with the same policies.
    var policies: [String] = []
    /// Names of the things.
    var things = Few<String>.none

    var key: CertificateID { id }

    /// Identifiers are digests and spread evenly.
    static func word(of key: CertificateID) -> UInt64? { key.leadingWord }

    /// - Parameter issuer: The copy to share.
    init(_ record: CertificateRecord, issuer: IssuerName) {
        id = record.id
        self.issuer = issuer
        serialNumber = CompactOctets(record.serialNumber)
        notBefore = record.notBefore
        notAfter = record.notAfter
        registeredAt = record.registeredAt
        authority = record.authority
        status = record.status
        mode = record.mode
    }

    init(
        id: CertificateID, status: CertificateStatus, mode: CertificateMode, notBefore: Int64,
        notAfter: Int64, issuer: IssuerName, serialNumber: CompactOctets, authority: CertificateID?,
        registeredAt: Int64
    ) {
        self.id = id
        self.issuer = issuer
        self.serialNumber = serialNumber
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.registeredAt = registeredAt
        self.authority = authority
        self.status = status
        self.mode = mode
    }

    var record: CertificateRecord {
        CertificateRecord(
            id: id, status: status, mode: mode, notBefore: notBefore, notAfter: notAfter, issuer: issuer.der,
            serialNumber: serialNumber.array, authority: authority, registeredAt: registeredAt)
    }
}

/// Finds certificates by what names them whatever bytes carry them: issuer and serial number. Two words
/// each; whether it is the one that is sought is asked of the certificate itself.
struct IssuedIdentity: SortedTableRow {
    struct Key: Comparable, Sendable {
        /// Of issuer and serial number, seeded anew in each process: nobody can make them collide.
        var hash: UInt64
        /// The certificate identifier's.
        var leadingWord: UInt64

        static func < (left: Key, right: Key) -> Bool {
            left.hash == right.hash ? left.leadingWord < right.leadingWord : left.hash < right.hash
        }
    }

    let key: Key

    init(issuer: IssuerName, serialNumber: CompactOctets, id: CertificateID) {
        key = Key(
            hash: Self.hash(issuer: issuer, serialNumber: serialNumber), leadingWord: id.leadingWord)
    }

    init(_ certificate: CertificateEntry) {
        self.init(
            issuer: certificate.issuer, serialNumber: certificate.serialNumber, id: certificate.id)
    }

    static func hash(issuer: IssuerName, serialNumber: CompactOctets) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(issuer)
        hasher.combine(serialNumber)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
