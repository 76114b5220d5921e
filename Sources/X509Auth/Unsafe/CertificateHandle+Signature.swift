import CGatewayOpenSSL

extension CertificateHandle {
    /// Whether the authority's key made the signature; nothing else is looked at.
    func isSigned(by authority: CertificateHandle) -> Bool {
        withExtendedLifetime((self, authority)) {
            gw_x509_certificate_is_signed_by(pointer, authority.pointer) == 1
        }
    }
}
