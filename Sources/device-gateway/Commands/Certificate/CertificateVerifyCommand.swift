import ArgumentParser
import X509Auth

struct CertificateVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verifies a certificate up to a trusted one, by RFC 5280.",
        discussion: """
            The profile is kept to the letter, and every way up is tried:

              device-gateway certificate verify device.pem --ca ca.pem
              device-gateway certificate verify device.pem --ca root.pem --intermediate sub.pem --crl root.crl

            With --json it answers lines: each line of the standard input is an object with leaf, trusted, \
            intermediates and crls in PEM, and id, purpose, time, max_depth and email; each line of the output \
            one with id, verdict (SUCCESS or FAILURE) and reason.
            """)

    @Argument(help: "The certificate, PEM.")
    var file: String?

    @Option(
        name: .customLong("ca"),
        help: ArgumentHelp("A file of trusted certificates; repeatable.", valueName: "file"))
    var authorities: [String] = []

    @Option(
        name: .customLong("intermediate"),
        help: ArgumentHelp("A file of certificates in between; repeatable.", valueName: "file"))
    var intermediates: [String] = []

    @Option(
        name: .customLong("crl"), help: ArgumentHelp("A revocation list, PEM; repeatable.", valueName: "file")
    )
    var lists: [String] = []

    @Option(help: ArgumentHelp("clientAuth, serverAuth or any.", valueName: "purpose"))
    var purpose = "clientAuth"

    @Option(
        name: .customLong("at"),
        help: ArgumentHelp(
            "The time to verify for, such as 2030-01-01T00:00:00Z (default: now).", valueName: "time"))
    var time: String?

    @Option(help: ArgumentHelp("The most certificates in between.", valueName: "count"))
    var maxDepth: Int?

    @Option(
        help: ArgumentHelp("An email address the certificate must carry; repeatable.", valueName: "address"))
    var email: [String] = []

    @Flag(help: "Answers lines of JSON.")
    var json = false

    /// Bytes of one line of JSON.
    static let maximumLine = 8 * 1_024 * 1_024

    func validate() throws {
        if json {
            guard file == nil, authorities.isEmpty else {
                throw ValidationError("With --json, everything is in the lines of the standard input.")
            }
        } else {
            guard file != nil else { throw ValidationError("Name the certificate to verify.") }
            guard !authorities.isEmpty else { throw ValidationError("Name what is trusted with --ca.") }
        }
    }

    func run() throws {
        if json { return answerLines() }
        let request = PathRequest(
            purpose: purpose, trusted: try authorities.map(InputFile.text),
            intermediates: try intermediates.map(InputFile.text), leaf: try InputFile.text(file ?? "-"),
            time: time, maxDepth: maxDepth, crls: try lists.map(InputFile.text), email: email)
        let path: [X509Certificate]
        do {
            path = try request.verify(now: Timestamp.now())
        } catch {
            throw CommandFailure("Does not verify. \(error)")
        }
        Terminal.print("Verified.")
        for (depth, certificate) in path.reversed().enumerated() {
            let role = depth == path.count - 1 ? "trusted" : depth == 0 ? "certificate" : "issued by"
            Terminal.print(
                "  \(role): \(certificate.subject.isEmpty ? certificate.id.string : "\(certificate.subject)")"
            )
        }
    }

    private func answerLines() {
        var lines = InputLines(descriptor: 0, limit: Self.maximumLine)
        var number = 0
        while let line = lines.next() {
            number += 1
            let answer =
                switch line {
                case .bytes(let bytes): PathAnswer(line: bytes, number: number, now: Timestamp.now())
                case .tooLong: PathAnswer(tooLong: number, limit: Self.maximumLine)
                }
            Terminal.print(answer.json)
        }
    }
}
