extension X509Certificate {
    /// Whether `issuer`'s key signed this certificate. Says nothing about names, dates or usages.
    public func isSigned(by issuer: X509Certificate) -> Bool {
        guard let handle = try? contents.handle(), let issuer = try? issuer.contents.handle() else {
            return false
        }
        return handle.isSigned(by: issuer)
    }
}
