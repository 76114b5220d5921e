import ArgumentParser
import IoTPolicy

struct PolicyCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Says whether a new document allows anything that the old one did not.",
        discussion: """
            Exit status 0 when it certainly doesn't; 1 when it does, with an example, or when neither could be \
            shown.

              device-gateway policy compare pumps.json pumps-new.json
            """)

    @Argument(help: "The document in force.")
    var old: String

    @Argument(help: "The document to replace it.")
    var new: String

    func run() throws {
        let difference = PolicyComparison.newlyGranted(
            from: try PolicyFile(old).document, to: try PolicyFile(new).document)
        switch difference {
        case .none:
            Terminal.print("\(new) allows nothing that \(old) does not.")
        case .example(let request, let context):
            Terminal.print(
                """
                \(new) allows more than \(old). For example:
                  \(PlainText.oneLine(request.description))\(Self.text(context))
                """)
            throw ExitCode.failure
        case .unknown:
            Terminal.print(
                "It could not be shown whether \(new) allows more than \(old); treat it as if it did.")
            throw ExitCode.failure
        }
    }

    /// What of a context matters to a reader: who asks.
    private static func text(_ context: PolicyContext) -> String {
        var facts: [String] = []
        if let clientID = context.clientID { facts.append("client ID \(clientID)") }
        if let thing = context.thing {
            facts.append("thing \(thing.name)\(thing.isAttached ? "" : ", not attached")")
        }
        if let certificate = context.certificate { facts.append("certificate \(certificate.id)") }
        if let sourceIP = context.sourceIP { facts.append("from \(sourceIP)") }
        return facts.isEmpty ? "" : "\n  with \(PlainText.oneLine(facts.joined(separator: ", ")))"
    }
}
