/// What RFC 5280 demands of conforming authorities when they write a certificate; checked only where the profile
/// is asked for to the letter.
enum StrictProfile {
    static func problem(_ item: PathCertificate, at place: CertificateRules.Place) -> CertificatePathFailure?
    {
        let text =
            serialProblem(item, place) ?? criticalityProblem(item) ?? keyIdentifierProblem(item, place)
            ?? constraintProblem(item) ?? nameProblem(item)
        return text.map { CertificatePathFailure(.malformed, "\(item.name) \($0)") }
    }

    /// 4.1.2.2
    private static func serialProblem(
        _ item: PathCertificate, _ place: CertificateRules.Place
    ) -> String? {
        guard place != .anchor else { return nil }
        let serial = item.fields.serial
        guard let first = serial.first, first < 0x80, serial != [0] else {
            return "has a serial number that is not positive"
        }
        return serial.count > 20 ? "has a serial number of more than 20 octets" : nil
    }

    private static let neverCritical: [ExtensionType] = [
        .authorityKeyIdentifier, .subjectKeyIdentifier, .authorityInformationAccess,
        .subjectInformationAccess,
        .freshestCRL,
    ]
    private static let alwaysCritical: [ExtensionType] = [
        .nameConstraints, .policyConstraints, .inhibitAnyPolicy,
    ]

    private static func criticalityProblem(_ item: PathCertificate) -> String? {
        let extensions = item.fields.extensions
        if let found = neverCritical.first(where: { extensions[$0]?.isCritical == true }) {
            return "has a critical \(found)"
        }
        if let found = alwaysCritical.first(where: { extensions[$0]?.isCritical == false }) {
            return "has a \(found) that is not critical"
        }
        if item.certificate.isCertificateAuthority, extensions[.basicConstraints]?.isCritical == false {
            return "is an authority whose basicConstraints are not critical"
        }
        if item.certificate.subject.isEmpty, extensions[.subjectAlternativeName]?.isCritical != true {
            return "has neither a subject nor a critical subjectAltName"
        }
        return nil
    }

    /// 4.2.1.1, 4.2.1.2
    private static func keyIdentifierProblem(
        _ item: PathCertificate, _ place: CertificateRules.Place
    ) -> String? {
        if item.certificate.isCertificateAuthority || place != .leaf,
            item.certificate.subjectKeyIdentifier == nil
        {
            return "is an authority without a subject key identifier"
        }
        guard let authorityKey = item.authorityKey else {
            // Only a certificate that is signed by its own key may leave it out.
            return item.isSelfSigned
                ? nil : "has no authority key identifier"
        }
        guard let identifier = authorityKey.keyIdentifier else {
            return "has an authority key identifier without a key identifier"
        }
        guard authorityKey.hasIssuer == authorityKey.hasSerial else {
            return "has an authority key identifier with half an issuer and serial number"
        }
        if place == .anchor, item.isSelfIssued, identifier != item.certificate.subjectKeyIdentifier,
            item.isSelfSigned
        {
            return "is signed by itself, but names another key"
        }
        return nil
    }

    /// 4.2.1.9, 4.2.1.10, 4.2.1.11
    private static func constraintProblem(_ item: PathCertificate) -> String? {
        let certificate = item.certificate
        let signsCertificates = certificate.keyUsage?.contains(.keyCertificateSign) ?? true
        if certificate.pathLengthConstraint != nil, !signsCertificates {
            return "has a path length, but no keyCertSign"
        }
        if !certificate.isCertificateAuthority {
            for type in [ExtensionType.policyConstraints, .policyMappings, .inhibitAnyPolicy]
            where item.fields.extensions[type] != nil {
                return "has \(type), but is no authority"
            }
        }
        return nil
    }

    /// 4.2.1.6, of authorities too.
    private static func nameProblem(_ item: PathCertificate) -> String? {
        if item.fields.extensions[.subjectAlternativeName] != nil,
            item.certificate.subjectAlternativeNames.isEmpty
        {
            return "has an empty list of alternative names"
        }
        return AlternativeNameRules.malformedName(of: item.certificate).map {
            "has the malformed alternative name \($0)"
        }
    }
}
