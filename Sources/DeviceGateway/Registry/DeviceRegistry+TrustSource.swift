import HashTreeCollections
public import X509Auth

extension DeviceRegistry: TrustSource {
    /// Status and dates of a registered certificate.
    public func registeredCertificate(_ id: CertificateID) -> RegisteredCertificate? {
        read { snapshot in
            guard let record = snapshot.certificates[id]?.record else { return nil }
            return RegisteredCertificate(
                id: id, status: record.status, notBefore: record.notBefore, notAfter: record.notAfter)
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
                allowsAutoRegistration: entry.record.template != nil)
        }
    }

    /// Whether a certificate with that issuer and serial number is registered, whatever its bytes.
    public func isKnown(issuerDER: [UInt8], serialNumber: [UInt8]) -> Bool {
        read { !$0.certificates(issuer: issuerDER, serialNumber: serialNumber).isEmpty }
    }
}
