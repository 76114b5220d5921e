#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a passphrase may come from: a file or an environment variable that is named, or a person.
///
/// Never a command line argument: other users see those.
struct PassphraseSources: Equatable, Sendable {
    /// A file that nobody else can read; its last line break is not part of the passphrase.
    var file: String?
    /// The name of an environment variable.
    var variable: String?
    /// Whether a person may be asked, if there is one at a terminal.
    var asks = false

    /// Nothing was named, nobody is asked.
    static let none = PassphraseSources()

    /// PKCS #8 encryption here takes 8 to 1,024 bytes.
    private static let lengths = 8...1_024

    /// The passphrase of a key that exists.
    func passphrase(toOpen path: String) throws -> String {
        if let passphrase = try given() { return passphrase }
        if asks, let passphrase = try PassphrasePrompt.ask("Passphrase of \(path): ") { return passphrase }
        throw CommandFailure(
            "\(path) is encrypted. Name the file with its passphrase with --ca-passphrase-file, with "
                + "ca.passphrase-file in gateway.yaml or with DEVICE_GATEWAY_CA_PASSPHRASE_FILE; or the environment "
                + "variable that holds it with --ca-passphrase-env or ca.passphrase-variable.")
    }

    /// A passphrase to encrypt a new key with; a person is asked twice.
    func newPassphrase(for path: String) throws -> String {
        if let passphrase = try given() { return try Self.checked(passphrase) }
        if asks, let passphrase = try PassphrasePrompt.ask("New passphrase for \(path): ") {
            _ = try Self.checked(passphrase)
            guard try PassphrasePrompt.ask("Once more: ") == passphrase else {
                throw CommandFailure("The two passphrases differ; nothing was written.")
            }
            return passphrase
        }
        throw CommandFailure(
            "A new passphrase is needed to encrypt \(path), and there is no terminal to ask at. Name the file that "
                + "holds it with --ca-passphrase-file, or the environment variable with --ca-passphrase-env.")
    }

    private func given() throws -> String? {
        if let file {
            guard var text = try DurableFile.readSecret(file, limit: 4_096) else {
                throw CommandFailure("There is no passphrase file \(file).")
            }
            if text.hasSuffix("\n") { text.removeLast() }
            guard !text.isEmpty else { throw CommandFailure("The passphrase file \(file) is empty.") }
            return text
        }
        if let variable {
            guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else {
                throw CommandFailure(
                    "The environment variable \(PlainText.oneLine(variable)), which is to hold the passphrase, is not set."
                )
            }
            return text
        }
        return nil
    }

    private static func checked(_ passphrase: String) throws -> String {
        guard lengths.contains(passphrase.utf8.count) else {
            throw CommandFailure(
                "A passphrase has to have \(lengths.lowerBound) to \(lengths.upperBound) bytes; nothing was written."
            )
        }
        return passphrase
    }
}
