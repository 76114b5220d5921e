import X509Auth

/// The `Resources` section as read, its texts not yet evaluated.
struct TemplateResources: Hashable, Sendable {
    struct Thing: Hashable, Sendable {
        let name: TemplateExpression
        let typeName: TemplateExpression?
        let attributes: [String: TemplateExpression]
        let groups: TemplateExpression?
        let billingGroup: TemplateExpression?
        let packageVersions: [String: TemplateExpression]
        let attributesOverride: ProvisioningPlan.Override
        let typeOverride: ProvisioningPlan.Override
        let groupsOverride: ProvisioningPlan.Override
    }

    enum Source: Hashable, Sendable {
        case id(TemplateExpression)
        case signingRequest(TemplateExpression)
        case pem(TemplateExpression, authority: TemplateExpression?)
    }

    struct Certificate: Hashable, Sendable {
        let source: Source
        let status: TemplateExpression?
        let statusOverride: ProvisioningPlan.Override
        let principalType: TemplateExpression?
    }

    enum Policy: Hashable, Sendable {
        case named(TemplateExpression)
        case document(TemplateExpression)
    }

    var thing: Thing?
    var certificate: Certificate
    var policies: [Policy]
}
