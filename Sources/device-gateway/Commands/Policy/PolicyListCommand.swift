import ArgumentParser
import DeviceGateway

struct PolicyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the policies.")

    @OptionGroup var listing: ListingOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        let policies = try await session.all({ .listPolicies(after: $0, limit: nil) }) {
            if case .policies(let page) = $0 { page } else { nil }
        }
        try listing.show(policies, none: "There are no policies.") { _ in
            var table = Table("POLICY", "VERSION", "CERTIFICATES")
            for policy in policies { table.add(policy.name, "\(policy.version)", "\(policy.targetCount)") }
            return table
        }
    }
}
