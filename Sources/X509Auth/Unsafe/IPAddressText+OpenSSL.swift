import CGatewayOpenSSL

extension IPAddressText {
    /// 4 or 16 octets of an address in text form; nil for anything else.
    static func octets(_ text: String) -> [UInt8]? {
        var text = text
        var count = 0
        return text.withUTF8 { OwnedBytes.take(gw_x509_address($0.baseAddress, $0.count, &count), count) }
    }
}
