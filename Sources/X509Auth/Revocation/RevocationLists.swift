/// The revocation lists of all authorities: a value, to be swapped whole.
public struct RevocationLists: Sendable {
    private var authorities: [CertificateID: AuthorityRevocation] = [:]

    /// None.
    public init() {}

    /// What is known of one authority's revocations; nil: no mode was set and no list loaded.
    public subscript(authority: CertificateID) -> AuthorityRevocation? {
        get { authorities[authority] }
        set { authorities[authority] = newValue }
    }

    /// Takes in a list of `authority`: as its complete list, or as its delta.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/untrustedList`` if it is not the authority's,
    ///   ``X509Error/Code-swift.struct/staleList`` if a newer one is there already, or a delta that does not
    ///   build on the complete list.
    public mutating func load(
        _ list: CertificateRevocationList, of authority: X509Certificate
    ) throws(X509Error) {
        try list.verify(issuer: authority)
        var revocation = authorities[authority.id] ?? AuthorityRevocation(mode: .none)
        if list.isDelta {
            guard let full = revocation.full, list.applies(to: full) else {
                throw X509Error(
                    code: .staleList,
                    message:
                        "the delta list \(list.number?.decimal ?? "") builds on list \(list.baseNumber?.decimal ?? ""), which is not loaded; load the complete list first"
                )
            }
            try list.checkNewer(than: revocation.delta)
            revocation.delta = list
        } else {
            try list.checkNewer(than: revocation.full)
            try list.checkCovers(revocation.full)
            revocation.full = list
            // A delta older than the new complete list has nothing to add.
            if let delta = revocation.delta, !delta.applies(to: list) { revocation.delta = nil }
        }
        authorities[authority.id] = revocation
    }

    /// Sets what an authority's list is worth.
    public mutating func setMode(_ mode: RevocationMode, of authority: CertificateID) {
        authorities[authority, default: AuthorityRevocation(mode: mode)].mode = mode
    }
}
