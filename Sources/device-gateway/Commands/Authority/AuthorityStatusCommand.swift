import ArgumentParser
import DeviceGateway

struct AuthorityStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the gateway's own authority, and earlier ones that devices still rely on.",
        discussion: """
            DEVICES counts the ACTIVE certificates of each. Authorities of others are listed by ca list.
            """)

    @OptionGroup var listing: ListingOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let reply = try await OperatorSession(directory.resolved()).execute(.listManagedAuthorities)
        guard case .managedAuthorities(let authorities) = reply else { throw OperatorSession.unexpectedReply }
        try listing.show(authorities, none: "There is none.") { forTerminal in
            var table = Table("AUTHORITY", "ROLE", "SINCE", "EXPIRES", "DEVICES", "SUBJECT")
            for authority in authorities {
                table.add(
                    forTerminal ? String(authority.id.prefix(16)) : authority.id,
                    authority.isCurrent ? "issues" : "kept",
                    Timestamp.text(authority.notBefore + ManagedAuthority.clockTolerance),
                    Timestamp.text(authority.notAfter), "\(authority.activeCertificates)", authority.subject)
            }
            return table
        }
    }
}
