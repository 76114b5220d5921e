import CGatewayOpenSSL

/// A certificate under construction in OpenSSL's hands.
final class CertificateBuilder {
    enum Profile {
        case device, server
    }

    let pointer: OpaquePointer

    /// 9999-12-31T23:59:59Z, the last second a certificate can name.
    private static let lastSecond: Int64 = 253_402_300_799
    /// 1950-01-01T00:00:00Z, the first second UTCTime can name.
    private static let firstSecond: Int64 = -631_152_000

    init(notBefore: Int64, notAfter: Int64) throws(X509Error) {
        guard Self.firstSecond <= notBefore, notBefore <= notAfter, notAfter <= Self.lastSecond else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "validity from \(notBefore) to \(notAfter) Unix seconds: the end must not come before the beginning, and both must lie in the years 1950 to 9999"
            )
        }
        guard let pointer = gw_x509_builder_new() else { throw Self.failed("begin a certificate") }
        self.pointer = pointer
        guard gw_x509_builder_random_serial(pointer) == 1 else { throw Self.failed("draw a serial number") }
        guard gw_x509_builder_validity(pointer, notBefore, notAfter) == 1 else {
            throw Self.failed("set the validity")
        }
    }

    deinit {
        gw_x509_builder_free(pointer)
    }

    func setSubject(_ name: DistinguishedName) throws(X509Error) {
        for relative in name.relativeDistinguishedNames {
            for (index, attribute) in relative.enumerated() {
                var value = attribute.value
                // A NUL would be refused when the certificate is read.
                let isUsable = attribute.isText && !value.isEmpty && !value.utf8.contains(0)
                let done =
                    isUsable
                    && value.withUTF8 { text in
                        gw_x509_builder_subject(
                            pointer, attribute.type.objectIdentifier, text.baseAddress, text.count,
                            index > 0 ? 1 : 0)
                    } == 1
                guard done else {
                    throw X509Error(
                        code: .invalidArgument,
                        message:
                            "the subject's \(attribute.type) cannot be \"\(PrintableText.escape(attribute.value))\": empty, too long (64 characters for most), or not allowed in this attribute"
                    )
                }
            }
        }
    }

    func setKey(_ key: KeyHandle) throws(X509Error) {
        guard withExtendedLifetime(key, { gw_x509_builder_key(pointer, key.pointer) }) == 1 else {
            throw Self.failed("set the key")
        }
    }

    func addDNSName(_ name: String) throws(X509Error) {
        guard HostName.isValid(name), add(2, name) else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "\"\(PrintableText.escape(name))\" is no DNS name; use letters, digits, hyphens and dots (punycode for others), at most 253 characters"
            )
        }
    }

    func addIPAddress(_ address: String) throws(X509Error) {
        guard !address.utf8.contains(0), add(7, address) else {
            throw X509Error(
                code: .invalidArgument,
                message: "\"\(PrintableText.escape(address))\" is no IPv4 or IPv6 address")
        }
    }

    private func add(_ kind: Int32, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { gw_x509_builder_alternative(pointer, kind, $0.baseAddress, $0.count) } == 1
    }

    /// DER of a self-signed authority.
    func signAuthority(with key: KeyHandle) throws(X509Error) -> [UInt8] {
        var count = 0
        let der = withExtendedLifetime(key) {
            OwnedBytes.take(
                gw_x509_builder_sign(pointer, GW_X509_PROFILE_AUTHORITY, nil, key.pointer, &count), count)
        }
        guard let der else { throw Self.failed("sign the authority's certificate") }
        return der
    }

    /// DER of a certificate issued by an authority.
    func sign(
        _ profile: Profile, authority: CertificateHandle, key: KeyHandle
    ) throws(X509Error) -> [UInt8] {
        let code = profile == .device ? GW_X509_PROFILE_DEVICE : GW_X509_PROFILE_SERVER
        var count = 0
        let der = withExtendedLifetime((authority, key)) {
            OwnedBytes.take(
                gw_x509_builder_sign(pointer, code, authority.pointer, key.pointer, &count), count)
        }
        guard let der else { throw Self.failed("sign the certificate") }
        return der
    }

    private static func failed(_ what: String) -> X509Error {
        X509Error(code: .internalFailure, message: "OpenSSL could not \(what)")
    }
}
