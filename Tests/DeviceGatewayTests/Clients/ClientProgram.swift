import Foundation
import X509Auth

/// A program of the system's, run with a deadline.
struct ClientProgram {
    struct Result {
        var status: Int32
        var output: String
    }

    /// The program's path, or `nil` if it is not installed.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether tests that need the program run: where it is missing they are skipped, unless the environment says
    /// that they count (`DEVICE_GATEWAY_REQUIRE_CLIENTS`), and then they fail.
    static func isWanted(_ name: String) -> Bool {
        find(name) != nil || ProcessInfo.processInfo.environment["DEVICE_GATEWAY_REQUIRE_CLIENTS"] != nil
    }

    struct NotInstalled: Error, CustomStringConvertible {
        var name: String
        var description: String { "\(name) is not installed; run Scripts/install-packages --tests" }
    }

    /// Runs a program and returns what it wrote; both of its outputs together.
    static func run(
        _ name: String, _ arguments: [String], input: String = "", timeout: Duration = .seconds(60)
    )
        async throws -> Result
    {
        let running = try Running(name, arguments, input: input)
        return await running.wait(timeout: timeout)
    }

    /// A program that runs while the test goes on.
    final class Running: @unchecked Sendable {
        // Unchecked: a Process is started once, in the initialiser, and afterwards only read and ended.
        private let process = Process()
        private let file: URL

        init(_ name: String, _ arguments: [String], input: String = "") throws {
            guard let path = ClientProgram.find(name) else { throw NotInstalled(name: name) }
            file = FileManager.default.temporaryDirectory.appending(path: "client-\(UUID().uuidString)")
            _ = FileManager.default.createFile(atPath: file.path(), contents: nil)
            let output = try FileHandle(forWritingTo: file)
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = output
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            // A client that is refused at once is gone before it reads.
            try? pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? pipe.fileHandleForWriting.close()
        }

        var output: String {
            (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        }

        func wait(timeout: Duration = .seconds(60)) async -> Result {
            let end = ContinuousClock.now + timeout
            while process.isRunning, ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(20))
            }
            stop()
            process.waitUntilExit()
            defer { try? FileManager.default.removeItem(at: file) }
            return Result(status: process.terminationStatus, output: output)
        }

        /// Not by SIGTERM: a child inherits the signal mask of the thread that started it, and those of the
        /// concurrency runtime block it.
        func stop() {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }
}

/// Credential files as a device has them, for the duration of a test.
struct CredentialFiles {
    let directory: URL

    init(_ credential: IssuedCredential, authority: CertificateAuthority) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "device-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try credential.certificatePEM.write(
            to: directory.appending(path: "cert.pem"), atomically: true, encoding: .utf8)
        try credential.privateKeyPEM.write(
            to: directory.appending(path: "key.pem"), atomically: true, encoding: .utf8)
        try authority.certificate.pem.write(
            to: directory.appending(path: "ca.pem"), atomically: true, encoding: .utf8)
    }

    func path(_ name: String) -> String { directory.appending(path: name).path() }

    /// The TLS options of mosquitto's clients.
    func mosquittoOptions(port: Int) -> [String] {
        [
            "-h", "localhost", "-p", "\(port)", "--cafile", path("ca.pem"), "--cert", path("cert.pem"),
            "--key", path("key.pem"),
        ]
    }

    func remove() {
        try? FileManager.default.removeItem(at: directory)
    }
}
