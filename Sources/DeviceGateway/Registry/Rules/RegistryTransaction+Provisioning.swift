import HashTreeCollections
import X509Auth

extension RegistryTransaction {
    /// Registers an unknown device as a template in AWS IoT's JSON has it.
    mutating func provision(
        _ certificate: X509Certificate, by document: ProvisioningTemplateDocument,
        _ authority: AuthorityRecord, now: Int64
    ) throws(RegistryError) -> CertificateRecord {
        let plan: ProvisioningPlan
        do throws(TemplateError) {
            plan = try document.evaluate(for: certificate)
        } catch {
            throw RegistryError(
                .invalidTemplate,
                "the template of authority \(authority.id) does not fit certificate \(certificate.id): \(error)"
            )
        }
        let new = try insert(
            certificate, status: plan.certificate.status, mode: authority.mode, authority: authority.id,
            now: now)
        if let thing = plan.thing {
            try provision(thing)
            try attach(thing: thing.name, to: new.id, exclusively: plan.certificate.isExclusive)
        }
        for policy in plan.policies {
            switch policy {
            case .named(let name):
                try attachPolicy(name, to: new.id)
            case .document(let name, let text):
                if draft.policies[name] == nil { try putPolicy(name: name, text: text) }
                try attachPolicy(name, to: new.id)
            }
        }
        return new
    }

    /// Creates the thing, or, if it exists, does with it what the template's override settings say.
    private mutating func provision(_ planned: ProvisioningPlan.Thing) throws(RegistryError) {
        guard planned.groups.isEmpty, planned.billingGroup == nil, planned.packageVersions.isEmpty else {
            // Leaving them out silently could leave out a right, or a restriction.
            throw RegistryError(
                .invalidTemplate,
                "the template puts thing \(RegistryNames.quoted(planned.name)) into groups or gives it package "
                    + "versions, which this registry does not have; remove ThingGroups, BillingGroup and "
                    + "PackageVersions from it")
        }
        guard let existing = draft.things[planned.name]?.record else {
            try createThing(
                ThingRecord(
                    name: planned.name, typeName: planned.typeName, attributes: planned.attributes))
            return
        }
        var thing = existing
        if let typeName = planned.typeName, existing.typeName != typeName {
            switch planned.typeOverride {
            case .doNothing: break
            case .replace, .merge: thing.typeName = typeName
            case .fail: throw Self.conflict(planned.name, "ThingTypeName")
            }
        }
        if !planned.attributes.isEmpty, existing.attributes != planned.attributes {
            switch planned.attributesOverride {
            case .doNothing: break
            case .replace: thing.attributes = planned.attributes
            case .merge: thing.attributes.merge(planned.attributes) { _, planned in planned }
            case .fail: throw Self.conflict(planned.name, "AttributePayload")
            }
        }
        try updateThing(thing)
    }

    private static func conflict(_ thing: String, _ property: String) -> RegistryError {
        RegistryError(
            .invalidTemplate,
            "thing \(RegistryNames.quoted(thing)) exists with another \(property), and the template's "
                + "OverrideSettings say FAIL")
    }
}
