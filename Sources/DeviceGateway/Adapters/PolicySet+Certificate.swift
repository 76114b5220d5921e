import IoTPolicy

extension PolicySet {
    /// Whether any statement asks for what a certificate carries beyond its identifier
    /// (`iot:Certificate…`). Parsing a certificate costs more than all the rest of a CONNECT, so it is done
    /// only then.
    var readsCertificate: Bool {
        policies.contains { policy in
            policy.document.statements.contains { statement in
                statement.resources.patterns.contains { $0.text.mentionsCertificate }
                    || statement.conditions.contains { condition in
                        condition.key.text.mentionsCertificate
                            || condition.values.contains { $0.text.mentionsCertificate }
                    }
            }
        }
    }
}

extension String {
    /// Variable and key names compare without case ("IAM JSON policy elements: Variables and tags").
    fileprivate var mentionsCertificate: Bool {
        let wanted = "iot:certificate."
        guard utf8.count >= wanted.utf8.count else { return false }
        var rest = utf8[...]
        while let start = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "i") }) {
            rest = rest[start...]
            if rest.count < wanted.utf8.count { return false }
            if zip(rest, wanted.utf8).allSatisfy({ byte, lowercase in
                byte == lowercase
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == lowercase
            }) {
                return true
            }
            rest = rest.dropFirst()
        }
        return false
    }
}
