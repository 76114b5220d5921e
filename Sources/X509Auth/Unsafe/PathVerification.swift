import CGatewayOpenSSL

/// The outcome of one path verification by OpenSSL.
struct PathVerification {
    enum Result {
        case verified, unverified, usage, weak, failedInternally
    }

    let result: Result
    /// OpenSSL's words.
    let explanation: String

    /// Verifies a device to one authority. Dates are the caller's.
    static func verify(
        leaf: CertificateHandle, intermediates: [CertificateHandle], authority: CertificateHandle,
        securityLevel: Int32, isStrict: Bool
    ) -> PathVerification {
        let pointers: [OpaquePointer?] = intermediates.map(\.pointer)
        var reason: UnsafePointer<CChar>?
        let result = withExtendedLifetime((leaf, intermediates, authority)) {
            gw_x509_verify_path(
                leaf.pointer, pointers, pointers.count, authority.pointer, securityLevel,
                Int32(truncatingIfNeeded: intermediates.count + 1), isStrict ? 1 : 0, &reason)
        }
        return PathVerification(
            result: Self.result(result), explanation: reason.map { String(cString: $0) } ?? "unknown error")
    }

    private static func result(_ result: gw_x509_path_result) -> Result {
        switch result {
        case GW_X509_PATH_OK: .verified
        case GW_X509_PATH_USAGE: .usage
        case GW_X509_PATH_WEAK: .weak
        case GW_X509_PATH_INTERNAL: .failedInternally
        default: .unverified
        }
    }
}
