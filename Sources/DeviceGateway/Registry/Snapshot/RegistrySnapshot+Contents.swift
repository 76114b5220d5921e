import HashTreeCollections
import IoTPolicy
import X509Auth

extension RegistrySnapshot {
    /// Builds the state a store holds, refusing what no registry could have written.
    init(_ contents: RegistryContents) throws(RegistryError) {
        self.init()
        for thing in contents.things { put(thing) }
        for certificate in contents.certificates {
            guard CertificateID(der: certificate.der) == certificate.id else {
                throw RegistryError(
                    .inconsistentStore,
                    "stored certificate \(certificate.id) holds other bytes than its identifier names; "
                        + "restore a backup")
            }
            put(certificate)
        }
        for policy in contents.policies {
            put(ParsedPolicy(record: policy, document: try Self.document(of: policy)))
        }
        for authority in contents.authorities {
            put(AuthorityEntry(record: authority, certificate: try Self.certificate(of: authority)))
        }
        for attachment in contents.thingAttachments {
            guard things[attachment.name] != nil, certificates[attachment.certificate] != nil else {
                throw Self.dangling(attachment, kind: "thing")
            }
            attachThing(attachment.name, to: attachment.certificate)
        }
        for attachment in contents.policyAttachments {
            guard policies[attachment.name] != nil, certificates[attachment.certificate] != nil else {
                throw Self.dangling(attachment, kind: "policy")
            }
            attachPolicy(attachment.name, to: attachment.certificate)
        }
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

    private static func dangling(
        _ attachment: RegistryContents.Attachment, kind: String
    ) -> RegistryError {
        RegistryError(
            .inconsistentStore,
            "the store attaches \(kind) \(RegistryNames.quoted(attachment.name)) to certificate "
                + "\(attachment.certificate), one of which it does not hold; restore a backup")
    }
}
