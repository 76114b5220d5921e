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

/// A string that C fills in and ends with NUL.
func stringFilled(by fill: (UnsafeMutablePointer<CChar>?, Int) -> Void) -> String {
    String(unsafeUninitializedCapacity: 256) { buffer in
        buffer.withMemoryRebound(to: CChar.self) { fill($0.baseAddress, $0.count) }
        return buffer.firstIndex(of: 0) ?? 0
    }
}

extension gw_tls_fault {
    /// OpenSSL's words.
    var words: String? { reason.map { String(cString: $0) } }
}

/// Whether text is an IPv4 or IPv6 address.
func isIPAddress(_ text: String) -> Bool { gw_tls_is_address(text) == 1 }
