import ArgumentParser
import DeviceGateway

struct AuthorityListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the registered authorities.")

    @OptionGroup var listing: ListingOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        let authorities = try await session.all({ .listAuthorities(after: $0, limit: nil) }) {
            if case .authorities(let page) = $0 { page } else { nil }
        }
        try listing.show(authorities, none: "No authorities are registered.") { forTerminal in
            var table = Table(
                "AUTHORITY", "STATUS", "MODE", "FIRST SIGHT", "REVOCATION", "LIST", "EXPIRES", "POLICIES",
                "SUBJECT")
            for authority in authorities {
                table.add(
                    forTerminal ? String(authority.id.prefix(16)) : authority.id,
                    authority.isActive ? "ACTIVE" : "INACTIVE",
                    authority.mode, authority.firstSight.rawValue, authority.revocationMode,
                    authority.revocationLists.first?.cell ?? "-",
                    Timestamp.text(authority.notAfter), authority.policies.joined(separator: ","),
                    authority.subject)
            }
            return table
        }
    }
}
