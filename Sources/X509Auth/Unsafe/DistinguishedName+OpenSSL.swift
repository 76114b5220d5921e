import CGatewayOpenSSL

extension DistinguishedName {
    /// Reads a Name in DER (RFC 5280 4.1.2.4). All string types become text; a NUL, or bytes that are no
    /// text of their declared type, refuse the whole name.
    public init(der: [UInt8]) throws(X509Error) {
        guard let list = FieldList(gw_x509_name_items(der, der.count)) else {
            throw X509Error(
                code: .invalidField,
                message: "a name holds a value that is no text of its declared type, or a NUL")
        }
        var names: [[Attribute]] = []
        var group: Int?
        for index in 0..<list.count {
            let type = AttributeType(objectIdentifier: list.label(index))
            let attribute: Attribute
            if list.kind(index) == 1 {
                guard let text = String(validating: list.bytes(index), as: UTF8.self) else {
                    throw X509Error(code: .invalidField, message: "a name holds text that is not Unicode")
                }
                attribute = Attribute(type, text)
            } else {
                attribute = Attribute(type, "#" + Hexadecimal.encode(list.bytes(index)), isText: false)
            }
            if list.group(index) == group {
                names[names.count - 1].append(attribute)
            } else {
                names.append([attribute])
                group = list.group(index)
            }
        }
        self.init(relativeDistinguishedNames: names)
    }
}
