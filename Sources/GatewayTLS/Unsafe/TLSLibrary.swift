import CGatewayOpenSSL

/// The OpenSSL this process runs on.
public enum TLSLibrary {
    /// The version loaded at run time, which may be newer than the one compiled against:
    /// "OpenSSL 3.0.22 25 Aug 2026".
    public static var version: String { String(cString: gw_tls_library_version()) }
}
