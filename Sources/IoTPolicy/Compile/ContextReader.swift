/// Looks keys up in a context, the way AWS IoT makes them available.
struct ContextReader {
    let context: PolicyContext
    let options: PolicyOptions
    /// Whether the request is `iot:Connect`; two keys exist only there.
    let isConnect: Bool
    /// The time of the decision, which may be later than the connection's.
    let time: Int64?

    init(_ context: PolicyContext, _ options: PolicyOptions, isConnect: Bool, time: Int64? = nil) {
        self.context = context
        self.options = options
        self.isConnect = isConnect
        self.time = time ?? context.time
    }

    /// The thing the connection is associated with: attached, and exclusively or under the client ID's own name.
    var associatedThing: ThingContext? {
        guard context.transport != .http, let thing = context.thing, thing.isAttached else { return nil }
        return thing.isExclusive || hasClientIDOfThing ? thing : nil
    }

    var hasClientIDOfThing: Bool {
        guard context.transport != .http, let thing = context.thing, let clientID = context.clientID else {
            return false
        }
        return clientID.isIdentical(to: thing.name)
    }

    /// The value a variable is replaced by, or nil if it has none.
    func value(_ variable: VariableReference) -> String? {
        guard !variable.key.isMultiValued else { return nil }
        let values = values(variable.key, forSubstitution: true)
        return values.count == 1 ? values[0] : nil
    }

    /// The values a condition compares; none if the key is absent.
    func values(_ key: ContextKey) -> [String] { values(key, forSubstitution: false) }

    private func values(_ key: ContextKey, forSubstitution: Bool) -> [String] {
        switch key {
        case .clientID: list(forSubstitution && hasUnsubstitutableClientID ? nil : clientID)
        case .sourceIP: list(context.sourceVPCE == nil ? context.sourceIP : nil)
        case .domainName: list(context.domainName)
        case .thingName: list(associatedThing?.name)
        case .thingTypeName: list(typeOrAttachmentThing?.typeName)
        case .thingIsAttached: list(isAttached)
        case .thingAttribute(let name): list(associatedThing.flatMap { attribute(name, of: $0) })
        case .certificateID: list(context.certificate?.id)
        case .certificateSerialNumber: list(context.certificate?.serialNumber)
        case .certificateAvailableKeys: availableCertificateKeys
        case .certificateName(let party, let attribute, let selector):
            select(certificateValues(party, attribute, alternative: false), selector, forSubstitution)
        case .certificateAlternativeName(let party, let kind, let selector):
            select(certificateValues(party, kind, alternative: true), selector, forSubstitution)
        case .connectAttributes: isConnect ? context.connectAttributes : []
        case .lastWillTopic: list(isConnect ? context.lastWillTopic : nil)
        case .messageTopic: list(context.messageTopic)
        case .includeSocketInformation: list(context.includeSocketInformation.map { $0 ? "true" : "false" })
        case .sourceVPC: list(context.sourceVPC)
        case .sourceVPCE: list(context.sourceVPCE)
        case .vpcSourceIP: list(context.vpcSourceIP)
        case .currentTime:
            list(options.providesGlobalKeys ? time.map { Timestamp(seconds: $0).iso8601 } : nil)
        case .epochTime: list(options.providesGlobalKeys ? time.map(String.init) : nil)
        case .secureTransport: list(options.providesGlobalKeys ? (context.isSecure ? "true" : "false") : nil)
        case .other(let name): extra(name)
        }
    }

    private var clientID: String? { context.transport == .http ? nil : context.clientID }

    /// Whether the client ID is one that is not put into patterns.
    var hasUnsubstitutableClientID: Bool {
        !options.substitutesClientIDsWithWildcards
            && clientID?.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } ?? false
    }

    private func list(_ value: String?) -> [String] { value.map { [$0] } ?? [] }

    private func extra(_ lowercasedName: String) -> [String] {
        for (name, values) in context.extra where name.asciiLowercased.isIdentical(to: lowercasedName) {
            return values
        }
        return []
    }

    // MARK: Thing

    private var typeOrAttachmentThing: ThingContext? {
        guard let thing = associatedThing else { return nil }
        return options.exclusiveThingResolvesTypeAndAttachment || hasClientIDOfThing ? thing : nil
    }

    private var isAttached: String? {
        if typeOrAttachmentThing != nil { return "true" }
        guard options.isAttachedWithoutAssociation == .isFalse, context.transport != .http else { return nil }
        return "false"
    }

    private func attribute(_ name: String, of thing: ThingContext) -> String? {
        for (key, value) in thing.attributes
        where options.attributeNamesIgnoreCase
            ? key.isIdenticalIgnoringASCIICase(to: name) : key.isIdentical(to: name)
        {
            return value
        }
        return nil
    }

    // MARK: Certificate

    private func certificateValues(_ party: ContextKey.Party, _ name: String, alternative: Bool) -> [String] {
        guard let certificate = context.certificate else { return [] }
        let source =
            switch (party, alternative) {
            case (.subject, false): certificate.subject
            case (.issuer, false): certificate.issuer
            case (.subject, true): certificate.subjectAlternativeNames
            case (.issuer, true): certificate.issuerAlternativeNames
            }
        let values =
            source[name] ?? source.first { $0.key.isIdenticalIgnoringASCIICase(to: name) }?.value ?? []
        return Array(values.prefix(ContextKey.maximumCertificateValues))
    }

    private func select(_ values: [String], _ selector: ContextKey.Selector, _ forSubstitution: Bool)
        -> [String]
    {
        switch selector {
        case .list: return values.map(escaped)
        case .index(let index):
            guard index < values.count else { return [] }
            let mustBeSubstitutable = forSubstitution || options.unusableCertificateValue == .absent
            guard !mustBeSubstitutable || Self.isSubstitutable(values[index]) else { return [] }
            return [escaped(values[index])]
        }
    }

    /// Certificate values that are too long or hold a wildcard of policies or MQTT are not substituted.
    static func isSubstitutable(_ value: String) -> Bool {
        value.unicodeScalars.count <= 1_024
            && !value.unicodeScalars.contains {
                $0 == "*" || $0 == "$" || $0 == "+" || $0 == "?" || $0 == "#"
            }
    }

    private func escaped(_ value: String) -> String {
        guard options.escapesCertificateValues else { return value }
        var result = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case ",", "\"", "\\", "+", "=", "<", ">", ";": result.append("\\")
            default: break
            }
            result.append(scalar)
        }
        return String(result)
    }

    private var availableCertificateKeys: [String] {
        guard let certificate = context.certificate else { return [] }
        var keys = ["iot:CertificateId"]
        if certificate.serialNumber != nil { keys.append("iot:Certificate.SerialNumber") }
        for (party, partyName) in [(ContextKey.Party.subject, "Subject"), (.issuer, "Issuer")] {
            for (names, isAlternative) in [
                (ContextKey.distinguishedNameAttributes, false), (ContextKey.alternativeNameKinds, true),
            ] {
                for name in names {
                    let full =
                        "iot:Certificate.\(partyName).\(isAlternative ? "AlternativeName." : "")\(name)"
                    for (index, value) in certificateValues(party, name, alternative: isAlternative)
                        .enumerated()
                    where Self.isSubstitutable(value) {
                        keys.append(index == 0 ? full : "\(full).\(index)")
                    }
                }
            }
        }
        return keys
    }
}
