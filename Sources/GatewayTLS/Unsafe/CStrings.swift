import CGatewayOpenSSL

/// Lends an optional string as a C string.
func withOptionalCString<Result>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let string else { return body(nil) }
    return string.withCString(body)
}

/// Lends an optional string's UTF-8.
func withOptionalUTF8<Result>(_ string: String?, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard var string else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return string.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}

extension gw_tls_fault {
    /// OpenSSL's words.
    var words: String? { reason.map { String(cString: $0) } }
}

/// Whether text is an IPv4 or IPv6 address.
func isIPAddress(_ text: String) -> Bool { gw_tls_is_address(text) == 1 }

/// The OpenSSL this process runs on.
public enum TLSLibrary {
    /// The version loaded at run time, which may be newer than the one compiled against:
    /// "OpenSSL 3.0.22 25 Aug 2026".
    public static var version: String { String(cString: gw_tls_library_version()) }
}
