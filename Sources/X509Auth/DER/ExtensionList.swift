/// The extensions of a certificate, list, entry or response: type, criticality and value.
struct ExtensionList: Sendable {
    struct Item: Sendable {
        let type: ExtensionType
        let isCritical: Bool
        /// DER of the value, not yet looked into.
        let value: [UInt8]

        var reader: DERReader { DERReader(value) }
    }

    let items: [Item]

    static let empty = ExtensionList(items: [])

    private init(items: [Item]) {
        self.items = items
    }

    /// From the content of an explicit tag around the sequence.
    init(explicit reader: DERReader) throws(DERFailure) {
        var reader = reader
        let sequence = try reader.next(DERTag.sequence)
        try reader.finish()
        try self.init(reader.inside(sequence))
        guard !items.isEmpty else { throw DERFailure("has an empty sequence of extensions") }
    }

    /// From the content of the sequence. No type may occur twice (RFC 5280 4.2).
    init(_ reader: DERReader) throws(DERFailure) {
        var reader = reader
        var items: [Item] = []
        while !reader.isAtEnd {
            guard items.count < 256 else { throw DERFailure("has more than 256 extensions") }
            let element = try reader.next(DERTag.sequence)
            var inner = reader.inside(element)
            let type = ExtensionType(identifier: try inner.objectIdentifier())
            var isCritical = false
            if inner.nextTag == DERTag.boolean {
                isCritical = try inner.boolean()
                guard isCritical else { throw DERFailure("has a default value written out") }
            }
            let value = inner.content(try inner.next(DERTag.octetString))
            try inner.finish()
            guard !items.contains(where: { $0.type == type }) else {
                throw DERFailure("has the extension \(type) twice")
            }
            items.append(Item(type: type, isCritical: isCritical, value: value))
        }
        self.items = items
    }

    subscript(type: ExtensionType) -> Item? {
        items.first { $0.type == type }
    }
}

/// An extension's object identifier.
struct ExtensionType: Hashable, Sendable, CustomStringConvertible {
    let identifier: String

    static let subjectKeyIdentifier = ExtensionType(identifier: "2.5.29.14")
    static let keyUsage = ExtensionType(identifier: "2.5.29.15")
    static let subjectAlternativeName = ExtensionType(identifier: "2.5.29.17")
    static let issuerAlternativeName = ExtensionType(identifier: "2.5.29.18")
    static let basicConstraints = ExtensionType(identifier: "2.5.29.19")
    static let crlNumber = ExtensionType(identifier: "2.5.29.20")
    static let reasonCode = ExtensionType(identifier: "2.5.29.21")
    static let holdInstruction = ExtensionType(identifier: "2.5.29.23")
    static let invalidityDate = ExtensionType(identifier: "2.5.29.24")
    static let deltaCRLIndicator = ExtensionType(identifier: "2.5.29.27")
    static let issuingDistributionPoint = ExtensionType(identifier: "2.5.29.28")
    static let certificateIssuer = ExtensionType(identifier: "2.5.29.29")
    static let nameConstraints = ExtensionType(identifier: "2.5.29.30")
    static let crlDistributionPoints = ExtensionType(identifier: "2.5.29.31")
    static let certificatePolicies = ExtensionType(identifier: "2.5.29.32")
    static let policyMappings = ExtensionType(identifier: "2.5.29.33")
    static let authorityKeyIdentifier = ExtensionType(identifier: "2.5.29.35")
    static let policyConstraints = ExtensionType(identifier: "2.5.29.36")
    static let extendedKeyUsage = ExtensionType(identifier: "2.5.29.37")
    static let freshestCRL = ExtensionType(identifier: "2.5.29.46")
    static let inhibitAnyPolicy = ExtensionType(identifier: "2.5.29.54")
    static let authorityInformationAccess = ExtensionType(identifier: "1.3.6.1.5.5.7.1.1")
    static let subjectInformationAccess = ExtensionType(identifier: "1.3.6.1.5.5.7.1.11")
    static let ocspNonce = ExtensionType(identifier: "1.3.6.1.5.5.7.48.1.2")

    private static let names: [String: String] = [
        "2.5.29.14": "subjectKeyIdentifier", "2.5.29.15": "keyUsage", "2.5.29.17": "subjectAltName",
        "2.5.29.18": "issuerAltName", "2.5.29.19": "basicConstraints", "2.5.29.20": "cRLNumber",
        "2.5.29.21": "reasonCode", "2.5.29.23": "holdInstruction", "2.5.29.24": "invalidityDate",
        "2.5.29.27": "deltaCRLIndicator", "2.5.29.28": "issuingDistributionPoint",
        "2.5.29.29": "certificateIssuer", "2.5.29.30": "nameConstraints",
        "2.5.29.31": "cRLDistributionPoints", "2.5.29.32": "certificatePolicies",
        "2.5.29.33": "policyMappings", "2.5.29.35": "authorityKeyIdentifier",
        "2.5.29.36": "policyConstraints", "2.5.29.37": "extKeyUsage", "2.5.29.46": "freshestCRL",
        "2.5.29.54": "inhibitAnyPolicy", "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
        "1.3.6.1.5.5.7.1.11": "subjectInfoAccess",
    ]

    var description: String { Self.names[identifier] ?? identifier }
}

/// The authorityKeyIdentifier extension (RFC 5280 4.2.1.1).
struct AuthorityKeyIdentifier: Sendable {
    var keyIdentifier: [UInt8]?
    var hasIssuer = false
    var hasSerial = false

    init(_ reader: DERReader) throws(DERFailure) {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        var inner = outer.inside(sequence)
        if let element = try inner.nextIf(DERTag.context(0)) { keyIdentifier = inner.content(element) }
        hasIssuer = try inner.nextIf(DERTag.constructed(1)) != nil
        hasSerial = try inner.nextIf(DERTag.context(2)) != nil
        try inner.finish()
    }
}
