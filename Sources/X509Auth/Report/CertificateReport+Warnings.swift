extension CertificateReport {
    private static let thirtyDays: Int64 = 30 * 86_400

    static func warnings(
        _ certificate: X509Certificate, now: Int64, requirements: X509Requirements, keyMatches: Bool?
    ) -> [String] {
        var warnings: [String] = []
        if keyMatches == false {
            warnings.append(
                "the private key belongs to another certificate; with this one no connection comes about")
        }
        warnings += validity(certificate, now: now)
        if certificate.isCertificateAuthority {
            warnings += authority(certificate, requirements)
        } else {
            warnings += endEntity(certificate, requirements)
        }
        if certificate.version < 3 {
            warnings.append("version \(certificate.version): without extensions, nothing limits its use")
        }
        warnings += serialNumber(certificate)
        warnings += subject(certificate)
        return warnings
    }

    private static func validity(_ certificate: X509Certificate, now: Int64) -> [String] {
        if now < certificate.notBefore {
            ["not valid yet; it cannot be used before \(UTCTime.string(certificate.notBefore))"]
        } else if now > certificate.notAfter {
            ["expired; whoever holds it is refused"]
        } else if certificate.notAfter - now < thirtyDays {
            ["expires within 30 days; issue its successor now"]
        } else {
            []
        }
    }

    private static func authority(
        _ certificate: X509Certificate, _ requirements: X509Requirements
    ) -> [String] {
        var warnings: [String] = []
        do {
            try requirements.checkAuthority(certificate)
        } catch {
            warnings.append("cannot be registered as an authority: \(error.message)")
        }
        if certificate.subjectKeyIdentifier == nil {
            warnings.append(
                "no subject key identifier; if another authority has the same name, which one signed a device is found by trial"
            )
        }
        return warnings
    }

    private static func endEntity(
        _ certificate: X509Certificate, _ requirements: X509Requirements
    ) -> [String] {
        var warnings: [String] = []
        let isServer =
            certificate.extendedKeyUsages?.contains(CertificateProfile.serverAuthentication) ?? false
        if isServer, !certificate.allowsClientAuthentication {
            // A server's certificate is not meant to pass as a device's.
            if certificate.subjectAlternativeNames.isEmpty {
                warnings.append("no alternative names; clients cannot verify which host it is for")
            }
            return warnings
        }
        do {
            try requirements.check(certificate)
        } catch {
            warnings.append("cannot be registered as a device: \(error.message)")
        }
        if certificate.isSelfIssued {
            warnings.append(
                "issued by itself: no authority vouches for it; it connects only once it is registered by hand"
            )
        } else if certificate.authorityKeyIdentifier == nil {
            warnings.append(
                "no authority key identifier; if several authorities have its issuer's name, which one signed it is found by trial"
            )
        }
        return warnings + commonName(certificate)
    }

    private static func commonName(_ certificate: X509Certificate) -> [String] {
        var warnings: [String] = []
        let commonNames = certificate.subject.values(.commonName)
        if commonNames.isEmpty {
            warnings.append("no common name; policies and templates that use it will not match")
        } else if commonNames.count > 1 {
            warnings.append(
                "several common names; policies see the first as CommonName, the next as CommonName.1")
        }
        // Characters that AWS IoT does not substitute into policies.
        if commonNames.contains(where: { $0.contains { "*$+?#".contains($0) } }) {
            warnings.append("a common name holds one of * $ + ? #, so policy variables do not take its value")
        }
        if let name = commonNames.first, !isThingName(name) {
            warnings.append(
                "its common name cannot name a thing (1 to 128 characters of a-z A-Z 0-9 : _ -), so it is not admitted at first sight under that name"
            )
        }
        return warnings
    }

    /// AWS IoT API, CreateThing.
    private static func isThingName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func serialNumber(_ certificate: X509Certificate) -> [String] {
        var warnings: [String] = []
        if certificate.serialNumber.bytes.count > 20 || certificate.serialNumber.bytes == [0] {
            warnings.append("its serial number is outside what RFC 5280 allows (1 to 20 octets, not zero)")
        }
        if let first = (try? CertificateFields(der: certificate.der))?.serial.first, first >= 0x80 {
            warnings.append(
                "its serial number is negative; other software shows it differently, and may refuse it")
        }
        return warnings
    }

    private static func subject(_ certificate: X509Certificate) -> [String] {
        var warnings: [String] = []
        let types = certificate.subject.attributes.map(\.type).filter { $0 != .commonName }
        let usual: Set<DistinguishedName.AttributeType> = [.organizationalUnit, .domainComponent]
        var seen: Set<DistinguishedName.AttributeType> = []
        for type in types where !seen.insert(type).inserted && !usual.contains(type) {
            warnings.append("its subject has \(type) more than once; templates take the first")
            break
        }
        if let name = unusualStringType(certificate.subjectDER) {
            warnings.append(
                "its subject holds a \(name); RFC 5280 asks for UTF8String, and some software reads it differently"
            )
        }
        return warnings
    }

    /// The first string type in a name that new certificates should not have (RFC 5280 4.1.2.4).
    private static func unusualStringType(_ der: [UInt8]) -> String? {
        let names: [UInt8: String] = [
            0x12: "NumericString", 0x14: "TeletexString", 0x15: "VideotexString", 0x1b: "GeneralString",
            0x1c: "UniversalString", 0x1e: "BMPString",
        ]
        guard let tags = try? stringTags(der) else { return nil }
        return tags.lazy.compactMap { names[$0] }.first
    }

    private static func stringTags(_ der: [UInt8]) throws(DERFailure) -> [UInt8] {
        var outer = DERReader(der)
        var relatives = outer.inside(try outer.next(DERTag.sequence))
        var tags: [UInt8] = []
        while !relatives.isAtEnd {
            var attributes = relatives.inside(try relatives.next(DERTag.set))
            while !attributes.isAtEnd {
                var attribute = attributes.inside(try attributes.next(DERTag.sequence))
                _ = try attribute.next(DERTag.objectIdentifier)
                tags.append(try attribute.next().tag)
            }
        }
        return tags
    }
}
