extension GeneralName {
    /// Reads one item of the C shim's list of alternative names.
    init(_ list: FieldList, _ index: Int) throws(X509Error) {
        let bytes = list.bytes(index)
        switch list.kind(index) {
        case 0: self = .other(type: list.label(index), value: bytes)
        case 1: self = .rfc822(String(decoding: bytes, as: UTF8.self))
        case 2: self = .dns(String(decoding: bytes, as: UTF8.self))
        case 3: self = .x400(bytes)
        case 4: self = .directory(try DistinguishedName(der: bytes))
        case 5: self = .ediParty(bytes)
        case 6: self = .uri(String(decoding: bytes, as: UTF8.self))
        case 7: self = .ipAddress(bytes)
        case 8: self = .registeredID(list.label(index))
        default:
            throw X509Error(code: .invalidExtension, message: "an alternative name of unknown kind")
        }
    }
}
