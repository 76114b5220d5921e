import IoTPolicy
import X509Auth

extension TemplateResources.Thing {
    func evaluate(_ evaluation: inout TemplateEvaluation) throws(TemplateError) -> ProvisioningPlan.Thing {
        ProvisioningPlan.Thing(
            name: try evaluation.text(name),
            typeName: try evaluation.text(typeName),
            attributes: try evaluation.texts(attributes),
            groups: try groups.map { list throws(TemplateError) in try evaluation.list(list) } ?? [],
            billingGroup: try evaluation.text(billingGroup),
            packageVersions: try evaluation.texts(packageVersions),
            attributesOverride: attributesOverride, typeOverride: typeOverride,
            groupsOverride: groupsOverride)
    }
}

extension TemplateResources.Certificate {
    func evaluate(
        _ evaluation: inout TemplateEvaluation
    ) throws(TemplateError) -> ProvisioningPlan.Certificate {
        let source: ProvisioningPlan.CertificateSource =
            switch self.source {
            case .id(let id): .id(try evaluation.text(id))
            case .signingRequest(let request): .signingRequest(try evaluation.text(request))
            case .pem(let pem, let authority):
                .pem(try evaluation.text(pem), authority: try evaluation.text(authority))
            }
        return ProvisioningPlan.Certificate(
            source: source, status: try status(&evaluation), statusOverride: statusOverride,
            isExclusive: try isExclusive(&evaluation))
    }

    /// ACTIVE unless the template says otherwise; AWS's examples write it `Active`, too.
    private func status(_ evaluation: inout TemplateEvaluation) throws(TemplateError) -> CertificateStatus {
        guard let status else { return .active }
        let text = try evaluation.text(status)
        switch text.uppercased() {
        case "ACTIVE": return .active
        case "INACTIVE": return .inactive
        default:
            throw TemplateError(
                .invalidValue, status.path,
                "is \(RegistryNames.quoted(text)); it may be ACTIVE or INACTIVE")
        }
    }

    private func isExclusive(_ evaluation: inout TemplateEvaluation) throws(TemplateError) -> Bool {
        guard let principalType else { return false }
        let text = try evaluation.text(principalType)
        switch text {
        case "EXCLUSIVE_THING": return true
        case "NON_EXCLUSIVE_THING": return false
        default:
            throw TemplateError(
                .invalidValue, principalType.path,
                "is \(RegistryNames.quoted(text)); it may be EXCLUSIVE_THING or NON_EXCLUSIVE_THING")
        }
    }
}

extension [TemplateResources.Policy] {
    func evaluate(
        _ evaluation: inout TemplateEvaluation
    ) throws(TemplateError) -> [ProvisioningPlan.Policy] {
        var policies: [ProvisioningPlan.Policy] = []
        for policy in self {
            switch policy {
            case .named(let name): policies.append(.named(try evaluation.text(name)))
            case .document(let expression):
                let text = try evaluation.policyText(expression)
                do throws(PolicyError) {
                    _ = try PolicyDocument(json: text)
                } catch {
                    throw TemplateError(
                        .malformedPolicy, expression.path, "is no policy document: \(error)")
                }
                // SHA-256, as a certificate's id is.
                let name = CertificateID(der: Array<UInt8>(text.utf8)).string
                policies.append(.document(name: name, text: text))
            }
        }
        return policies
    }
}

extension TemplateEvaluation {
    mutating func text(_ expression: TemplateExpression?) throws(TemplateError) -> String? {
        guard let expression else { return nil }
        return try text(expression) as String
    }

    mutating func texts(
        _ expressions: [String: TemplateExpression]
    ) throws(TemplateError) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, expression) in expressions.sorted(by: { $0.key < $1.key }) {
            texts[name] = try text(expression) as String
        }
        return texts
    }
}
