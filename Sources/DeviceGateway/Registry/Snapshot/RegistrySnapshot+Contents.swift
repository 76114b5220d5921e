import HashTreeCollections
import IoTPolicy
import X509Auth

extension RegistrySnapshot {
    /// Builds the state a store holds, refusing what no registry could have written.
    init(_ contents: consuming RegistryContents) throws(RegistryError) {
        if let dangling = contents.dangling.first {
            throw RegistryError(
                .inconsistentStore,
                "the store attaches \(RegistryNames.quoted(dangling.name)) to certificate "
                    + "\(dangling.certificate), one of which it does not hold; restore a backup")
        }
        self.init(
            things: contents.things, certificates: contents.certificates, identities: contents.identities,
            issuers: contents.issuers, policyLists: contents.policyLists)
        for tombstone in contents.tombstones { put(tombstone) }
        for policy in contents.policyRecords {
            put(ParsedPolicy(record: policy, document: try Self.document(of: policy)))
        }
        for (name, count) in contents.policyTargets {
            guard policies[name] != nil else {
                throw RegistryError(
                    .inconsistentStore,
                    "the store attaches policy \(RegistryNames.quoted(name)) to certificates and does not hold "
                        + "it; restore a backup")
            }
            setTargetCount(of: name, to: count)
        }
        for authority in contents.authorityRecords {
            put(AuthorityEntry(record: authority, certificate: try Self.certificate(of: authority)))
        }
        for list in contents.revocationLists { try put(list) }
    }

    private mutating func put(_ record: RevocationListRecord) throws(RegistryError) {
        guard let entry = authorities[record.authority] else {
            throw Self.unusable(record, "its authority is not registered")
        }
        let list: CertificateRevocationList
        do throws(X509Error) {
            list = try CertificateRevocationList(der: record.der)
        } catch {
            throw Self.unusable(record, "\(error)")
        }
        guard list.isDelta == record.isDelta, list.issuerDER == entry.certificate.subjectDER else {
            throw Self.unusable(record, "it is another list")
        }
        put(
            entry.with(
                fullList: record.isDelta ? entry.fullList : list,
                deltaList: record.isDelta ? list : entry.deltaList))
    }

    private static func unusable(_ record: RevocationListRecord, _ reason: String) -> RegistryError {
        RegistryError(
            .inconsistentStore,
            "the stored revocation list of authority \(record.authority) is unusable: \(reason); "
                + "restore a backup")
    }

    private static func document(of policy: PolicyRecord) throws(RegistryError) -> PolicyDocument {
        do throws(PolicyError) {
            return try PolicyDocument(json: policy.text)
        } catch {
            throw RegistryError(
                .inconsistentStore,
                "stored policy \(RegistryNames.quoted(policy.name)) is not a policy: \(error); "
                    + "correct its text in the store or restore a backup",
                policyError: error)
        }
    }

    private static func certificate(of authority: AuthorityRecord) throws(RegistryError) -> X509Certificate {
        let certificate: X509Certificate
        do throws(X509Error) {
            certificate = try X509Certificate(der: authority.der)
        } catch {
            throw RegistryError(
                .inconsistentStore,
                "stored authority \(authority.id) holds no certificate: \(error); restore a backup")
        }
        guard certificate.id == authority.id else {
            throw RegistryError(
                .inconsistentStore,
                "stored authority \(authority.id) holds another certificate, \(certificate.id); "
                    + "restore a backup")
        }
        return certificate
    }
}
