import Foundation
import Testing

@Suite("The command as a process", .timeLimit(.minutes(2)))
struct ServeCommandTests {
    /// The built command lies beside the test bundle.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("device-gateway")

    private static func process(_ arguments: [String], in path: String) -> (
        Process, output: Pipe, errors: Pipe
    ) {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = [:]
        process.standardOutput = output
        process.standardError = errors
        return (process, output, errors)
    }

    /// Runs a command to its end.
    private static func run(
        _ arguments: [String], in path: String
    ) throws -> (status: Int32, output: String, errors: String) {
        let (process, output, errors) = process(arguments, in: path)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text, complaint)
    }

    /// Reads until a text has come or the process has ended.
    private static func read(_ pipe: Pipe, until wanted: String) -> String {
        var text = ""
        while !text.contains(wanted) {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return text
    }

    @Test("An empty directory becomes a gateway that serves commands, is alone, and stops when asked")
    func life() async throws {
        try await withTemporaryDirectory { path in
            let serve = ["serve", "--tls-host", "127.0.0.1", "--tls-port", "0"]
            let (gateway, output, _) = Self.process(serve, in: path)
            try gateway.run()
            defer { gateway.terminate() }
            let greeting = Self.read(output, until: "device add device1")
            #expect(greeting.contains("Created a gateway in ./gateway"))
            #expect(greeting.contains("Listening for devices on 127.0.0.1:"))

            let added = try Self.run(["device", "add", "device1", "--output", "my kit"], in: path)
            #expect(added.status == 0 && added.output.contains("'my kit/device1.private.key'"))
            #expect(try mode(of: path + "/my kit/device1.private.key") == 0o600)

            let second = try Self.run(serve, in: path)
            #expect(second.status == 1)
            #expect(second.errors.contains("as process \(gateway.processIdentifier)"))

            gateway.terminate()
            gateway.waitUntilExit()
            #expect(gateway.terminationReason == .exit && gateway.terminationStatus == 0)
            #expect(!FileManager.default.fileExists(atPath: path + "/gateway/control.sock"))

            let listed = try Self.run(["device", "list"], in: path)
            #expect(listed.status == 0 && listed.output.hasPrefix("device1\tACTIVE\t2049-12-31T23:59:59Z\t"))
        }
    }

    @Test(
        "A port in use and a mistaken setting end it with status 1 and say what to do; usage errors with 64")
    func failures() async throws {
        try await withTemporaryDirectory { path in
            let (first, output, _) = Self.process(
                ["serve", "-d", "one", "--tls-host", "127.0.0.1", "--tls-port", "0"], in: path)
            try first.run()
            defer { first.terminate() }
            let greeting = Self.read(output, until: "(MQTT over TLS)")
            let port = try #require(greeting.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)

            let taken = try Self.run(
                ["serve", "-d", "two", "--tls-host", "127.0.0.1", "--tls-port", String(port)], in: path)
            #expect(taken.status == 1)
            #expect(taken.errors.contains("in use") && taken.errors.contains("--tls-port"))

            let mistaken = try Self.run(["serve", "-d", "two", "--tls-port", "x"], in: path)
            #expect(mistaken.status == 1 && mistaken.errors.contains("allowed is a port"))
            #expect(try Self.run(["serve", "--no-such-flag"], in: path).status == 64)
        }
    }
}
