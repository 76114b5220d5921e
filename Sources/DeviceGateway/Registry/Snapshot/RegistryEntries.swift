import HashTreeCollections
import IoTPolicy
import X509Auth

/// A certificate and what is attached to it. Immutable and boxed, so that the tree's nodes stay small.
final class CertificateEntry: Sendable {
    let record: CertificateRecord
    /// Names of the things, sorted.
    let things: [String]
    /// Names of the policies, sorted: certificates with the same policies have equal lists.
    let policies: [String]

    init(record: CertificateRecord, things: [String] = [], policies: [String] = []) {
        self.record = record
        self.things = things
        self.policies = policies
    }
}

/// A thing and the certificates it is attached to.
struct ThingEntry: Sendable {
    var record: ThingRecord
    var certificates: TreeSet<CertificateID> = []
}

/// A policy and the certificates it is attached to.
struct PolicyEntry: Sendable {
    var policy: ParsedPolicy
    var certificates: TreeSet<CertificateID> = []
}

/// A policy's record with the document it holds. Its identity stands for one text of one policy, which is
/// what a compiled set is checked against.
final class ParsedPolicy: Sendable {
    let record: PolicyRecord
    let document: PolicyDocument

    init(record: PolicyRecord, document: PolicyDocument) {
        self.record = record
        self.document = document
    }
}

/// An authority's record with the certificate it holds.
final class AuthorityEntry: Sendable {
    let record: AuthorityRecord
    let certificate: X509Certificate

    init(record: AuthorityRecord, certificate: X509Certificate) {
        self.record = record
        self.certificate = certificate
    }
}

/// Names what an authority issued, whatever bytes carry it.
struct IssuedIdentity: Hashable, Sendable {
    var issuer: [UInt8]
    var serialNumber: [UInt8]
}
