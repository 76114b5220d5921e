import Foundation

/// The built command, or another program, as a process. What it writes goes to files, so that it never waits for
/// a reader.
final class CommandProcess {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    private let process = Process()
    private let outputFile: URL
    private let errorFile: URL

    /// `device-gateway`, which lies beside the test bundle.
    static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("device-gateway")

    /// Starts it in a directory, with no environment but the path.
    init(program: URL = CommandProcess.executable, _ arguments: [String], in path: String) throws {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(
            "process-\(UUID().uuidString)")
        outputFile = base.appendingPathExtension("out")
        errorFile = base.appendingPathExtension("err")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
    }

    deinit {
        for file in [outputFile, errorFile] { try? FileManager.default.removeItem(at: file) }
    }

    var identifier: Int32 { process.processIdentifier }
    var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    /// Runs the command to its end.
    static func run(_ arguments: [String], in path: String) throws -> Result {
        try CommandProcess(arguments, in: path).wait()
    }

    /// Runs a line in a shell, as if it were pasted.
    static func shell(_ line: String, in path: String) throws -> Result {
        try CommandProcess(program: URL(fileURLWithPath: "/bin/sh"), ["-c", line], in: path).wait()
    }

    func wait() -> Result {
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: output, errors: errors)
    }

    /// Waits until it has written a text, has ended, or half a minute is over; returns all that it has written.
    func output(until wanted: String) async throws -> String {
        try await text(until: wanted) { output }
    }

    /// As ``output(until:)``, of the error output.
    func errors(until wanted: String) async throws -> String {
        try await text(until: wanted) { errors }
    }

    private func text(until wanted: String, _ read: () -> String) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(30)
        while !read().contains(wanted), process.isRunning, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        return read()
    }

    /// Asks it to end.
    func terminate() {
        if process.isRunning { process.terminate() }
    }

    /// Ends it as a power failure would.
    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
