/// A name as X.501 has it: relative distinguished names in order of encoding, each of one or more
/// attributes.
public struct DistinguishedName: Hashable, Sendable, CustomStringConvertible {
    /// An attribute's type, by object identifier.
    public struct AttributeType: Hashable, Sendable, CustomStringConvertible {
        /// Dotted form, such as `2.5.4.3`.
        public let objectIdentifier: String

        /// From a dotted object identifier.
        public init(objectIdentifier: String) {
            self.objectIdentifier = objectIdentifier
        }

        /// The short name in common use (`CN`), or the dotted form where there is none.
        public var description: String {
            Self.names[objectIdentifier]?.short ?? objectIdentifier
        }

        /// AWS IoT's name in policy variables (`CommonName`); nil for attributes that have none there.
        public var policyName: String? {
            Self.names[objectIdentifier]?.policy
        }
    }

    /// One attribute of a name.
    public struct Attribute: Hashable, Sendable {
        /// What the value is.
        public let type: AttributeType
        /// The value as text; for a value that is no string, `#` and its octets in hexadecimal.
        public let value: String
        /// False where the value is no string. Such a value is shown, but never a policy variable.
        public let isText: Bool

        /// A text attribute.
        public init(_ type: AttributeType, _ value: String) {
            self.init(type, value, isText: true)
        }

        init(_ type: AttributeType, _ value: String, isText: Bool) {
            self.type = type
            self.value = value
            self.isText = isText
        }
    }

    /// Relative distinguished names in order of encoding; none is empty.
    public let relativeDistinguishedNames: [[Attribute]]

    /// From relative distinguished names; empty ones are left out.
    public init(relativeDistinguishedNames: [[Attribute]]) {
        self.relativeDistinguishedNames = relativeDistinguishedNames.filter { !$0.isEmpty }
    }

    /// From attributes, each a relative distinguished name of its own.
    public init(_ attributes: [Attribute]) {
        self.init(relativeDistinguishedNames: attributes.map { [$0] })
    }

    /// The usual names of devices and authorities: organization, unit, common name.
    public init(commonName: String, organization: String? = nil, organizationalUnit: String? = nil) {
        var attributes: [Attribute] = []
        if let organization { attributes.append(Attribute(.organization, organization)) }
        if let organizationalUnit { attributes.append(Attribute(.organizationalUnit, organizationalUnit)) }
        attributes.append(Attribute(.commonName, commonName))
        self.init(attributes)
    }

    /// All attributes in order of encoding.
    public var attributes: [Attribute] {
        relativeDistinguishedNames.flatMap(\.self)
    }

    /// All text values of one type, in order of encoding.
    public func values(_ type: AttributeType) -> [String] {
        attributes.lazy.filter { $0.type == type && $0.isText }.map(\.value)
    }

    /// The first common name.
    public var commonName: String? {
        values(.commonName).first
    }

    /// Whether the name has no attribute.
    public var isEmpty: Bool {
        relativeDistinguishedNames.isEmpty
    }

    /// The text values AWS IoT offers as `iot:Certificate.Subject.*`, keyed by its attribute names, in
    /// order of encoding (AWS IoT developer guide, "X.509 certificate AWS IoT Core policy variables").
    ///
    /// Nothing is dropped or escaped here: the limits on count, length and characters belong to the
    /// policy evaluator.
    public var policyAttributes: [String: [String]] {
        var values: [String: [String]] = [:]
        for attribute in attributes where attribute.isText {
            guard let name = attribute.type.policyName else { continue }
            values[name, default: []].append(attribute.value)
        }
        return values
    }

    /// RFC 4514: last relative distinguished name first, special and invisible characters escaped. Safe
    /// to print; never to be parsed for decisions.
    public var description: String {
        relativeDistinguishedNames.reversed().map { attributes in
            attributes.map { attribute in
                "\(attribute.type)=\(attribute.isText ? Self.escape(attribute.value) : attribute.value)"
            }.joined(separator: "+")
        }.joined(separator: ",")
    }

    private static func escape(_ value: String) -> String {
        var text = ""
        let scalars = Array(value.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isEdge = index == 0 || index == scalars.count - 1
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\":
                text += "\\\(scalar)"
            case " " where isEdge, "#" where index == 0:
                text += "\\\(scalar)"
            default:
                if PrintableText.isInvisible(scalar) {
                    for byte in String(scalar).utf8 { text += "\\" + Hexadecimal.encode([byte]) }
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }
}

extension DistinguishedName.AttributeType {
    /// `CN`
    public static let commonName = Self(objectIdentifier: "2.5.4.3")
    /// `SN`, a person's family name.
    public static let surname = Self(objectIdentifier: "2.5.4.4")
    /// `serialNumber`, of the thing named; not the certificate's.
    public static let serialNumber = Self(objectIdentifier: "2.5.4.5")
    /// `C`, two letters.
    public static let country = Self(objectIdentifier: "2.5.4.6")
    /// `L`
    public static let locality = Self(objectIdentifier: "2.5.4.7")
    /// `ST`, state or province.
    public static let state = Self(objectIdentifier: "2.5.4.8")
    /// `O`
    public static let organization = Self(objectIdentifier: "2.5.4.10")
    /// `OU`
    public static let organizationalUnit = Self(objectIdentifier: "2.5.4.11")
    /// `title`
    public static let title = Self(objectIdentifier: "2.5.4.12")
    /// `GN`
    public static let givenName = Self(objectIdentifier: "2.5.4.42")
    /// `initials`
    public static let initials = Self(objectIdentifier: "2.5.4.43")
    /// `generationQualifier`, such as "Jr."
    public static let generationQualifier = Self(objectIdentifier: "2.5.4.44")
    /// `dnQualifier`
    public static let distinguishedNameQualifier = Self(objectIdentifier: "2.5.4.46")
    /// `pseudonym`
    public static let pseudonym = Self(objectIdentifier: "2.5.4.65")
    /// `DC`
    public static let domainComponent = Self(objectIdentifier: "0.9.2342.19200300.100.1.25")
    /// `UID`
    public static let userID = Self(objectIdentifier: "0.9.2342.19200300.100.1.1")
    /// `emailAddress`
    public static let emailAddress = Self(objectIdentifier: "1.2.840.113549.1.9.1")

    fileprivate static let names: [String: (short: String, policy: String?)] = [
        "2.5.4.3": ("CN", "CommonName"),
        "2.5.4.4": ("SN", "Surname"),
        "2.5.4.5": ("serialNumber", "SerialNumber"),
        "2.5.4.6": ("C", "Country"),
        "2.5.4.7": ("L", nil),
        "2.5.4.8": ("ST", "State"),
        "2.5.4.10": ("O", "Organization"),
        "2.5.4.11": ("OU", "OrganizationalUnit"),
        "2.5.4.12": ("title", "Title"),
        "2.5.4.42": ("GN", "GivenName"),
        "2.5.4.43": ("initials", "Initials"),
        "2.5.4.44": ("generationQualifier", "GenerationQualifier"),
        "2.5.4.46": ("dnQualifier", "DistinguishedNameQualifier"),
        "2.5.4.65": ("pseudonym", "Pseudonym"),
        "0.9.2342.19200300.100.1.25": ("DC", nil),
        "0.9.2342.19200300.100.1.1": ("UID", nil),
        "1.2.840.113549.1.9.1": ("emailAddress", nil),
    ]
}
