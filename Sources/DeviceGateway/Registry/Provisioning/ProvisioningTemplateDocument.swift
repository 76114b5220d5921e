import IoTPolicy
public import X509Auth

/// A provisioning template in AWS IoT's JSON (developer guide, "Provisioning templates"): for just-in-time
/// provisioning, and for provisioning by claim.
///
/// Read once, strictly: keys that do not exist, keys that are repeated, and references to what is not declared
/// are refused with their place. Evaluating it for a device changes nothing; the plan says what is to be done.
public struct ProvisioningTemplateDocument: Hashable, Sendable {
    /// The largest template, in bytes (AWS IoT API: `templateBody`).
    public static let maximumSize = 10_240

    /// The template as it was given.
    public let json: String

    private let parameters: TemplateParameters
    private let mappings: TemplateMappings
    private let resources: TemplateResources
    private let configuration: DeviceConfiguration?

    /// Reads a template.
    public init(json: [UInt8]) throws(TemplateError) {
        guard json.count <= Self.maximumSize else {
            throw TemplateError(
                .tooLarge, .root,
                "has \(json.count) bytes; at most \(Self.maximumSize) are accepted")
        }
        let root: JSONNode
        do throws(PolicyError) {
            root = try JSONReader.read(json, maximumDepth: 32)
        } catch {
            throw TemplateError(.notJSON, .root, "cannot be read: \(error)")
        }
        var sections = try TemplateObject(root, at: .root)
        self.json = String(decoding: json, as: UTF8.self)
        self.parameters = try Self.parameters(sections.take("Parameters"))
        self.mappings = try Self.mappings(sections.take("Mappings"))
        let expressions = TemplateExpressionReader(parameters: parameters)
        let path = TemplatePath.root["Resources"]
        var reader = TemplateResourcesReader(expressions: expressions)
        self.resources = try reader.read(try sections.require("Resources"), at: path)
        if let node = sections.take("DeviceConfiguration") {
            let path = TemplatePath.root["DeviceConfiguration"]
            guard case .object = node.value else {
                throw TemplateError(.wrongType, path, "is \(node.typeName) where an object is needed")
            }
            self.configuration = try DeviceConfiguration(node, at: path, expressions)
        } else {
            self.configuration = nil
        }
        try sections.checkEmpty(known: "Parameters, Mappings, Resources and DeviceConfiguration")
    }

    /// Reads a template.
    public init(json: String) throws(TemplateError) {
        try self.init(json: Array(json.utf8))
    }

    /// What the template comes to with these values; they come before the template's defaults.
    ///
    /// - Throws: ``TemplateError/Code-swift.struct/missingParameter`` where one that is referred to is absent.
    public func evaluate(parameters given: [String: String]) throws(TemplateError) -> ProvisioningPlan {
        var evaluation = TemplateEvaluation(
            parameters: parameters.values(given), given: Set(given.keys), mappings: mappings)
        return ProvisioningPlan(
            thing: try resources.thing?.evaluate(&evaluation),
            certificate: try resources.certificate.evaluate(&evaluation),
            policies: try resources.policies.evaluate(&evaluation),
            deviceConfiguration: try configuration?.json(&evaluation))
    }

    /// What the template comes to for a device seen for the first time (just-in-time provisioning): its
    /// parameters are the certificate's (``X509Auth/X509Certificate/provisioningParameters``).
    ///
    /// - Throws: ``TemplateError``; also where the template names another certificate than the device's.
    public func evaluate(for certificate: X509Certificate) throws(TemplateError) -> ProvisioningPlan {
        let plan = try evaluate(parameters: certificate.provisioningParameters)
        guard case .id(certificate.id.string) = plan.certificate.source else {
            throw TemplateError(
                .invalidValue, .root["Resources"],
                "names another certificate than the device's; write \"CertificateId\": {\"Ref\": \"AWS::IoT::Certificate::Id\"}"
            )
        }
        return plan
    }

    // MARK: Sections

    private static func parameters(_ node: JSONNode?) throws(TemplateError) -> TemplateParameters {
        var parameters = TemplateParameters()
        guard let node else { return parameters }
        let path = TemplatePath.root["Parameters"]
        var object = try TemplateObject(node, at: path)
        for (name, node) in object.takeAll() {
            var declaration = try TemplateObject(node, at: path[name])
            let type = try declaration.require("Type").templateText(at: path[name]["Type"])
            guard type == "String" else {
                throw TemplateError(
                    .invalidValue, path[name]["Type"], "is \(RegistryNames.quoted(type)); it may be String")
            }
            let standard = declaration.take("Default")
            try declaration.checkEmpty(known: "Type and Default")
            parameters.declared[name] = .some(
                try standard.map { node throws(TemplateError) in
                    try node.templateText(at: path[name]["Default"])
                })
        }
        return parameters
    }

    private static func mappings(_ node: JSONNode?) throws(TemplateError) -> TemplateMappings {
        var mappings = TemplateMappings()
        guard let node else { return mappings }
        let path = TemplatePath.root["Mappings"]
        var tables = try TemplateObject(node, at: path)
        for (map, node) in tables.takeAll() {
            var rows = try TemplateObject(node, at: path[map])
            var table: [String: [String: TemplateValue]] = [:]
            for (first, node) in rows.takeAll() {
                var cells = try TemplateObject(node, at: path[map][first])
                var row: [String: TemplateValue] = [:]
                for (second, node) in cells.takeAll() {
                    row[second] = try cell(node, at: path[map][first][second])
                }
                table[first] = row
            }
            mappings.tables[map] = table
        }
        return mappings
    }

    private static func cell(_ node: JSONNode, at path: TemplatePath) throws(TemplateError) -> TemplateValue {
        guard case .array(let nodes) = node.value else { return .text(try node.templateText(at: path)) }
        var list: [String] = []
        for (index, node) in nodes.enumerated() { list.append(try node.templateText(at: path[index])) }
        return .list(list)
    }
}

extension ProvisioningTemplateDocument: CustomStringConvertible {
    /// The template's size; not its text.
    public var description: String { "ProvisioningTemplateDocument(\(json.utf8.count) bytes)" }
}
