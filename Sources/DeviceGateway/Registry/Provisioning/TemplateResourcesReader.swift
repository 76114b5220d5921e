import IoTPolicy

/// Reads the `Resources` section.
struct TemplateResourcesReader {
    let expressions: TemplateExpressionReader

    private var thing: TemplateResources.Thing?
    private var certificate: TemplateResources.Certificate?
    private var policies: [TemplateResources.Policy] = []

    init(expressions: TemplateExpressionReader) { self.expressions = expressions }

    mutating func read(_ node: JSONNode, at path: TemplatePath) throws(TemplateError) -> TemplateResources {
        var resources = try TemplateObject(node, at: path)
        for (name, node) in resources.takeAll() {
            try readResource(node, at: path[name])
        }
        guard let certificate else {
            throw TemplateError(
                .missingKey, path,
                "has no resource of type AWS::IoT::Certificate; add one, for the device to connect with"
            )
        }
        return TemplateResources(thing: thing, certificate: certificate, policies: policies)
    }

    private mutating func readResource(_ node: JSONNode, at path: TemplatePath) throws(TemplateError) {
        var resource = try TemplateObject(node, at: path)
        let type = try resource.require("Type").templateText(at: path["Type"])
        var properties = try TemplateObject(try resource.require("Properties"), at: path["Properties"])
        let settings = resource.take("OverrideSettings")
        try resource.checkEmpty(known: "Type, Properties and OverrideSettings")
        var overrides = try settings.map { node throws(TemplateError) in
            try TemplateObject(node, at: path["OverrideSettings"])
        }
        switch type {
        case "AWS::IoT::Thing":
            guard thing == nil else { throw second("thing", path) }
            thing = try readThing(&properties, &overrides)
        case "AWS::IoT::Certificate":
            guard certificate == nil else { throw second("certificate", path) }
            certificate = try readCertificate(&properties, &overrides)
        case "AWS::IoT::Policy":
            guard settings == nil else {
                throw TemplateError(
                    .unknownKey, path["OverrideSettings"], "policies have no override settings; remove it")
            }
            policies.append(try readPolicy(&properties))
        default:
            throw TemplateError(
                .invalidValue, path["Type"],
                "is \(RegistryNames.quoted(type)); it may be AWS::IoT::Thing, AWS::IoT::Certificate or AWS::IoT::Policy"
            )
        }
    }

    private func second(_ what: String, _ path: TemplatePath) -> TemplateError {
        TemplateError(.conflict, path, "is the second \(what); a template makes one")
    }

    // MARK: Kinds

    private func readThing(
        _ properties: inout TemplateObject, _ overrides: inout TemplateObject?
    ) throws(TemplateError) -> TemplateResources.Thing {
        let nameNode = try properties.require("ThingName")
        let thing = TemplateResources.Thing(
            name: try expressions.text(nameNode, at: properties.path["ThingName"]),
            typeName: try text("ThingTypeName", of: &properties),
            attributes: try texts("AttributePayload", of: &properties),
            groups: try list("ThingGroups", of: &properties),
            billingGroup: try text("BillingGroup", of: &properties),
            packageVersions: try texts("PackageVersions", of: &properties),
            attributesOverride: try setting("AttributePayload", of: &overrides, mayMerge: true),
            typeOverride: try setting("ThingTypeName", of: &overrides),
            groupsOverride: try setting("ThingGroups", of: &overrides, mayMerge: true))
        try properties.checkEmpty(
            known: "ThingName, AttributePayload, ThingTypeName, ThingGroups, BillingGroup and PackageVersions"
        )
        try overrides?.checkEmpty(known: "AttributePayload, ThingTypeName and ThingGroups")
        return thing
    }

    private func readCertificate(
        _ properties: inout TemplateObject, _ overrides: inout TemplateObject?
    ) throws(TemplateError) -> TemplateResources.Certificate {
        let path = properties.path
        let id = try text("CertificateId", of: &properties)
        let request = try text("CertificateSigningRequest", of: &properties)
        let pem = try text("CertificatePem", of: &properties)
        let authority = try text("CACertificatePem", of: &properties)
        let source: TemplateResources.Source
        switch (id, request, pem) {
        case (let id?, nil, nil): source = .id(id)
        case (nil, let request?, nil): source = .signingRequest(request)
        case (nil, nil, let pem?): source = .pem(pem, authority: authority)
        default:
            throw TemplateError(
                .conflict, path, "needs one of CertificateId, CertificateSigningRequest and CertificatePem")
        }
        guard authority == nil || pem != nil else {
            throw TemplateError(
                .conflict, path["CACertificatePem"], "goes with CertificatePem only; remove it")
        }
        let certificate = TemplateResources.Certificate(
            source: source, status: try text("Status", of: &properties),
            statusOverride: try setting("Status", of: &overrides),
            principalType: try text("ThingPrincipalType", of: &properties))
        try properties.checkEmpty(
            known:
                "CertificateId, CertificateSigningRequest, CertificatePem, CACertificatePem, Status and ThingPrincipalType"
        )
        try overrides?.checkEmpty(known: "Status")
        return certificate
    }

    private func readPolicy(_ properties: inout TemplateObject) throws(TemplateError)
        -> TemplateResources.Policy
    {
        let path = properties.path
        let name = try text("PolicyName", of: &properties)
        let document = try text("PolicyDocument", of: &properties)
        try properties.checkEmpty(known: "PolicyName or PolicyDocument")
        switch (name, document) {
        case (let name?, nil): return .named(name)
        case (nil, let document?): return .document(document)
        default: throw TemplateError(.conflict, path, "needs one of PolicyName and PolicyDocument")
        }
    }

    // MARK: Parts

    private func text(
        _ key: String, of object: inout TemplateObject
    ) throws(TemplateError) -> TemplateExpression? {
        guard let node = object.take(key) else { return nil }
        return try expressions.text(node, at: object.path[key])
    }

    private func list(
        _ key: String, of object: inout TemplateObject
    ) throws(TemplateError) -> TemplateExpression? {
        guard let node = object.take(key) else { return nil }
        return try expressions.list(node, at: object.path[key])
    }

    private func texts(
        _ key: String, of object: inout TemplateObject
    ) throws(TemplateError) -> [String: TemplateExpression] {
        guard let node = object.take(key) else { return [:] }
        let path = object.path[key]
        var members = try TemplateObject(node, at: path)
        var texts: [String: TemplateExpression] = [:]
        for (name, node) in members.takeAll() { texts[name] = try expressions.text(node, at: path[name]) }
        return texts
    }

    private func setting(
        _ key: String, of overrides: inout TemplateObject?, mayMerge: Bool = false
    ) throws(TemplateError) -> ProvisioningPlan.Override {
        guard let object = overrides, let node = overrides?.take(key) else { return .doNothing }
        let path = object.path[key]
        let text = try node.templateText(at: path)
        guard let value = ProvisioningPlan.Override(rawValue: text), value != .merge || mayMerge else {
            throw TemplateError(
                .invalidValue, path,
                "is \(RegistryNames.quoted(text)); it may be DO_NOTHING, REPLACE, FAIL"
                    + (mayMerge ? " or MERGE" : "")
            )
        }
        return value
    }
}
