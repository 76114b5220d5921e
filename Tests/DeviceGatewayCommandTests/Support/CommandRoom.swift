import Foundation
import X509Auth

/// A directory with a gateway's in it, where commands are run as a person would, without a gateway that runs.
struct CommandRoom {
    let path: String
    /// A factory's authority, which is not registered.
    let factory: CertificateAuthority
    let factoryKey: String

    static let notBefore: Int64 = 1_700_000_000

    static func run(_ body: (CommandRoom) throws -> Void) async throws {
        try await withTemporaryDirectory { path in
            let (factory, key) = try CertificateAuthority.create(
                commonName: "Factory", notBefore: notBefore, notAfter: CertificateAuthority.deviceNotAfter)
            let room = CommandRoom(path: path, factory: factory, factoryKey: key)
            try room.succeed("ca", "create")
            try room.write("factory.pem", factory.certificate.pem)
            try body(room)
        }
    }

    /// Runs a command to its end.
    func command(_ words: [String]) throws -> CommandProcess.Result {
        try CommandProcess.run(words + ["--directory", "gateway"], in: path)
    }

    /// - Returns: what it printed.
    @discardableResult
    func succeed(_ words: String...) throws -> String {
        let result = try command(words)
        guard result.status == 0 else { throw Unexpected(text: "\(words): \(result.errors)") }
        return result.output
    }

    /// - Returns: why it was refused.
    func refusal(_ words: String...) throws -> String {
        let result = try command(words)
        guard result.status == 1 else { throw Unexpected(text: "\(words): status \(result.status)") }
        guard result.output.isEmpty else { throw Unexpected(text: "\(words) prints \(result.output)") }
        return result.errors
    }

    struct Unexpected: Error {
        let text: String
    }

    /// Writes a file and returns its name.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return name
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// A device's certificate from the factory, in a file of its name.
    func device(_ name: String) throws -> (file: String, certificate: X509Certificate, key: String) {
        let issued = try factory.issueDevice(commonName: name, notBefore: Self.notBefore)
        return (try write("\(name).pem", issued.certificatePEM), issued.certificate, issued.privateKeyPEM)
    }

    /// Rows of a listing: what is printed where nobody reads along.
    func rows(_ words: String...) throws -> [[String]] {
        let result = try command(words)
        guard result.status == 0 else { throw Unexpected(text: "\(words): \(result.errors)") }
        return result.output.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
