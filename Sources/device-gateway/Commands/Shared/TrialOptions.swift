import ArgumentParser
import DeviceGateway

/// For commands that take trust away: what they would end, and that only.
struct TrialOptions: ParsableArguments {
    @Flag(help: "Changes nothing; says which certificates and live sessions it would end.")
    var dryRun = false

    @Flag(help: "With --dry-run: prints JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Only if nothing has changed since the --dry-run that printed this number.", valueName: "number"))
    var ifUnchanged: UInt64?

    func validate() throws {
        if dryRun, ifUnchanged != nil {
            throw ValidationError("--dry-run and --if-unchanged exclude each other.")
        }
        if json, !dryRun { throw ValidationError("--json belongs to --dry-run.") }
    }
}

extension OperatorSession {
    /// Carries a command out, or says what it would end; nil: it was only tried.
    func execute(_ command: OperatorCommand, _ trial: TrialOptions?) async throws -> OperatorReply? {
        guard let trial else { return try await execute(command) }
        if let generation = trial.ifUnchanged {
            return try await execute(.ifUnchanged(command, since: generation))
        }
        guard trial.dryRun else { return try await execute(command) }
        guard case .blastRadius(let radius) = try await execute(.preview(command)) else {
            throw Self.unexpectedReply
        }
        Terminal.print(trial.json ? try JSONOutput.text(radius) : radius.text)
        return nil
    }
}

extension BlastRadius {
    /// For people.
    var text: String {
        var lines = [
            "Nothing was changed. It would shut out \(Self.count(certificateCount, "certificate")) and end "
                + "\(Self.count(sessionCount, "live session"))."
        ]
        lines += certificates.map { "  certificate \($0.prefix(16))…" }
        if certificateCount > certificates.count {
            lines.append("  and \(certificateCount - certificates.count) more certificates")
        }
        lines += sessions.map { session in
            "  session \(PlainText.oneLine(session.clientID)) from \(session.remoteAddress)"
        }
        if sessionCount > sessions.count {
            lines.append("  and \(sessionCount - sessions.count) more sessions")
        }
        if readmittedCount > 0 {
            lines.append(
                "It would let in \(Self.count(readmittedCount, "certificate")) that can't connect now.")
        }
        lines.append("To do exactly this: the same command with --if-unchanged \(generation).")
        return lines.joined(separator: "\n")
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(count == 0 ? "no" : String(count)) \(noun)\(count == 1 ? "" : "s")"
    }
}
