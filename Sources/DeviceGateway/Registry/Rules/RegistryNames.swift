/// The forms of names, as the AWS IoT API documents them. ASCII only, whatever a regular expression's `\w`
/// may mean elsewhere.
enum RegistryNames {
    static func checkThing(_ name: String) throws(RegistryError) {
        guard isName(name, of: thingCharacters) else {
            throw RegistryError(
                .invalidName,
                "thing name \(quoted(name)) is not acceptable; use 1 to 128 characters of [a-zA-Z0-9:_-]")
        }
    }

    static func checkPolicy(_ name: String) throws(RegistryError) {
        guard isName(name, of: policyCharacters) else {
            throw RegistryError(
                .invalidName,
                "policy name \(quoted(name)) is not acceptable; use 1 to 128 characters of [a-zA-Z0-9_+=,.@-]"
            )
        }
    }

    static func check(_ thing: ThingRecord, limits: RegistryLimits) throws(RegistryError) {
        try checkThing(thing.name)
        if let typeName = thing.typeName, !isName(typeName, of: thingCharacters) {
            throw RegistryError(
                .invalidName,
                "thing type name \(quoted(typeName)) is not acceptable; use 1 to 128 characters of [a-zA-Z0-9:_-]"
            )
        }
        let allowed = thing.typeName == nil ? limits.attributesWithoutType : limits.attributesWithType
        guard thing.attributes.count <= allowed else {
            let advice = thing.typeName == nil ? "; give it a thing type or remove some" : "; remove some"
            throw RegistryError(
                .limitExceeded,
                "thing \(quoted(thing.name)) has \(thing.attributes.count) attributes, at most \(allowed) are allowed"
                    + (thing.typeName == nil ? " without a thing type" : "") + advice)
        }
        var bytes = 0
        for (name, value) in thing.attributes {
            guard isName(name, of: attributeNameCharacters) else {
                throw RegistryError(
                    .invalidName,
                    "attribute name \(quoted(name)) is not acceptable; use 1 to 128 characters of [a-zA-Z0-9_.,@/:#-]"
                )
            }
            guard value.utf8.count <= 800, value.utf8.allSatisfy(attributeValueCharacters.contains) else {
                throw RegistryError(
                    .invalidName,
                    "the value of attribute \(quoted(name)) is not acceptable; use up to 800 characters of "
                        + "[a-zA-Z0-9_.,@/:#=[]-]")
            }
            bytes += name.utf8.count + value.utf8.count
        }
        guard bytes <= limits.attributeBytes else {
            throw RegistryError(
                .limitExceeded,
                "the attributes of thing \(quoted(thing.name)) take \(bytes) bytes, at most "
                    + "\(limits.attributeBytes) are allowed; shorten them")
        }
    }

    /// A name as it may appear in a message: short, quoted, without control characters.
    static func quoted(_ name: String) -> String {
        let shown = name.unicodeScalars.prefix(140)
        return "\"" + shown.map { $0.escaped(asASCII: false) }.joined()
            + (name.unicodeScalars.count > 140 ? "…" : "")
            + "\""
    }

    private static func isName(_ name: String, of characters: ASCIISet) -> Bool {
        (1...128).contains(name.utf8.count) && name.utf8.allSatisfy(characters.contains)
    }

    private static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let thingCharacters = ASCIISet(alphanumerics + ":_-")
    private static let policyCharacters = ASCIISet(alphanumerics + "_+=,.@-")
    private static let attributeNameCharacters = ASCIISet(alphanumerics + "_.,@/:#-")
    private static let attributeValueCharacters = ASCIISet(alphanumerics + "_.,@/:#=[]-")
}

/// A set of ASCII characters, one bit each.
private struct ASCIISet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ characters: String) {
        for byte in characters.utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<64: low >> UInt64(byte) & 1 == 1
        case 64..<128: high >> UInt64(byte - 64) & 1 == 1
        default: false
        }
    }
}
