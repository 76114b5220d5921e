import CGatewayOpenSSL

/// OpenSSL's parsed PKCS #10 signing request, owned.
final class RequestHandle {
    private let pointer: OpaquePointer

    init(der: [UInt8]) throws(X509Error) {
        guard let pointer = gw_x509_request_parse(der, der.count) else {
            throw X509Error(code: .notDER, message: "the block is not a PKCS #10 signing request in DER")
        }
        self.pointer = pointer
    }

    deinit {
        gw_x509_request_free(pointer)
    }

    var isSignedByItsOwnKey: Bool {
        gw_x509_request_verify(pointer) == 1
    }

    func publicKey() -> PublicKey {
        var facts = gw_x509_key_facts()
        let curve: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress,
                gw_x509_request_key(pointer, &facts, base, buffer.count) == 1
            else { return nil }
            return String(cString: base)
        }
        return PublicKey(facts, curve: curve)
    }

    func publicKeyDER() throws(X509Error) -> [UInt8] {
        var count = 0
        guard let der = OwnedBytes.take(gw_x509_request_public_info(pointer, &count), count) else {
            throw X509Error(code: .unacceptableKey, message: "the signing request's key cannot be used")
        }
        return der
    }

    func subject() throws(X509Error) -> DistinguishedName {
        var count = 0
        guard let der = OwnedBytes.take(gw_x509_request_subject(pointer, &count), count) else {
            throw X509Error(code: .invalidField, message: "the signing request's subject cannot be read")
        }
        return try DistinguishedName(der: der)
    }

    func alternativeNames() throws(X509Error) -> [GeneralName] {
        var malformed: Int32 = 0
        let list = FieldList(gw_x509_request_alternatives(pointer, &malformed))
        guard malformed == 0 else {
            throw X509Error(
                code: .invalidExtension, message: "the signing request's alternative names cannot be read")
        }
        guard let list else { return [] }
        var names: [GeneralName] = []
        for index in 0..<list.count { names.append(try GeneralName(list, index)) }
        return names
    }
}
