import X509Auth

extension GatewayOperator {
    func policies(after: String?, limit: Int?) -> OperatorPage<PolicySummary> {
        OperatorPage(registry.allPolicies, after: after, limit: limit, name: \.name) { summary(of: $0) }
    }

    func policy(_ name: String) throws(RegistryError) -> PolicyRecord {
        guard let policy = registry.policy(name) else {
            throw RegistryError(
                .notFound,
                "there is no policy \(RegistryNames.quoted(name)); see policy list, or create it with policy put"
            )
        }
        return policy
    }

    func attach(_ name: String, to selector: CertificateSelector) async throws -> [CertificateSummary] {
        _ = try policy(name)
        let ids = try certificates(selector).map(\.id)
        try await registry.write { transaction throws(RegistryError) in
            for id in ids { try transaction.attachPolicy(name, to: id) }
        }
        return try await summaries(of: ids.compactMap { registry.certificate($0) })
    }

    func summary(of policy: PolicyRecord) -> PolicySummary {
        PolicySummary(
            name: policy.name, version: policy.version, targetCount: registry.policyTargetCount(policy.name)
        )
    }

    func detail(of policy: PolicyRecord) -> PolicyDetail {
        let targets = registry.policyTargets(policy.name, limit: PolicyDetail.maximumTargets)
        return PolicyDetail(
            summary: summary(of: policy),
            document: policy.text,
            targets: targets.map(\.string))
    }
}
