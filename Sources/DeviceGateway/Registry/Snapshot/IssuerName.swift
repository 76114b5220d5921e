/// The name of a certificate's issuer in DER: one object for all certificates of one issuer.
///
/// Its hash is kept. Each look-up of a certificate asks which authorities bear its issuer's name, and a name has a
/// hundred octets.
final class IssuerName: Sendable {
    let der: [UInt8]
    /// Seeded anew in each process: nobody can make names collide.
    let digest: Int

    init(_ der: [UInt8]) {
        self.der = der
        digest = der.hashValue
    }
}

extension IssuerName: Hashable {
    static func == (left: IssuerName, right: IssuerName) -> Bool {
        left === right || (left.digest == right.digest && left.der == right.der)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
