import ArgumentParser
import DeviceGateway

struct PolicyAttachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Attaches a policy to a device's certificates or to one certificate."
    )

    @Argument(help: "The policy's name.")
    var name: String

    @OptionGroup var target: PolicyTargetOption
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        try target.report(try await session.execute(.attachPolicy(name: name, to: target.selector)))
    }
}

struct PolicyDetachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach",
        abstract: "Detaches a policy from a device's certificates or from one certificate.")

    @Argument(help: "The policy's name.")
    var name: String

    @OptionGroup var target: PolicyTargetOption
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        try target.report(try await session.execute(.detachPolicy(name: name, from: target.selector)))
    }
}

/// What a policy is attached to.
struct PolicyTargetOption: ParsableArguments {
    @Option(
        name: [.long, .customLong("device")],
        help: ArgumentHelp("The device; all its certificates are meant.", valueName: "name"))
    var thing: String?

    @Option(help: ArgumentHelp("One certificate, by its id's first six or more digits.", valueName: "id"))
    var certificate: String?

    var selector: CertificateSelector {
        if let certificate { .id(certificate) } else { .thing(thing ?? "") }
    }

    func validate() throws {
        guard (thing == nil) != (certificate == nil) else {
            throw ValidationError("Name the target: either --thing or --certificate.")
        }
    }

    fileprivate func report(_ reply: OperatorReply) throws {
        guard case .changed(let certificates) = reply else { throw OperatorSession.unexpectedReply }
        for certificate in certificates {
            let policies =
                certificate.policies.isEmpty ? "no policies" : certificate.policies.joined(separator: ", ")
            Terminal.print("Certificate \(certificate.id.prefix(16))… now has \(policies).")
        }
    }
}
