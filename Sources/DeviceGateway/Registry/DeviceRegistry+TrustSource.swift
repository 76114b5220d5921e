import HashTreeCollections
public import X509Auth

extension DeviceRegistry: TrustSource {
    /// Status and dates of a registered certificate, and what revocation lists know it by.
    public func registeredCertificate(_ id: CertificateID) -> RegisteredCertificate? {
        read { $0.registered(id) }
    }

    /// What an authority's revocation lists are worth, and the lists; nil if they are not looked at.
    public func revocation(of authority: CertificateID) -> AuthorityRevocation? {
        read { $0.authorities[authority]?.revocation }
    }

    /// Whether a revocation list that devices depend on begins or ends in a span of time, Unix seconds.
    func hasRevocationDeadline(after start: Int64, upTo end: Int64) -> Bool {
        let span = (start + 1)...max(end, start + 1)
        return read { snapshot in
            snapshot.authorities.values.contains { entry in
                guard entry.record.revocationMode != .none else { return false }
                return [entry.fullList, entry.deltaList].contains { list in
                    guard let list else { return false }
                    // nextUpdate's own second is still within.
                    return span.contains(list.thisUpdate)
                        || (list.nextUpdate.map { span.contains($0 + 1) } ?? false)
                }
            }
        }
    }

    /// The authorities of that name, narrowed to those with that key if both sides name one.
    public func registeredAuthorities(issuerDER: [UInt8], keyIdentifier: [UInt8]?) -> [RegisteredAuthority] {
        let namesakes = read { $0.authorities(subject: issuerDER) }
        return namesakes.compactMap { entry in
            if let keyIdentifier, let own = entry.certificate.subjectKeyIdentifier, own != keyIdentifier {
                return nil
            }
            return RegisteredAuthority(
                certificate: entry.certificate,
                status: entry.record.isActive ? .active : .inactive,
                allowsAutoRegistration: entry.record.autoRegistration != nil)
        }
    }

    /// Whether a certificate with that issuer and serial number is registered, whatever its bytes, or was `REVOKED` and
    /// removed.
    public func isKnown(issuerDER: [UInt8], serialNumber: [UInt8]) -> Bool {
        read { snapshot in
            snapshot.certificate(issuer: issuerDER, serialNumber: serialNumber) != nil
                || snapshot.tombstones.contains(
                    CertificateTombstone(issuer: issuerDER, serialNumber: serialNumber))
        }
    }
}
