import Foundation

/// Other people's programs that tests talk to.
enum TestedPrograms {
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether tests that need the program run: where it is missing they are skipped, unless the environment
    /// says that they count (`DEVICE_GATEWAY_REQUIRE_CLIENTS`), and then they fail.
    static func isWanted(_ name: String) -> Bool {
        find(name) != nil || areRequired
    }

    static let areRequired = ProcessInfo.processInfo.environment["DEVICE_GATEWAY_REQUIRE_CLIENTS"] != nil

    struct NotInstalled: Error, CustomStringConvertible {
        var name: String
        var description: String { "\(name) is not installed; run Scripts/install-packages --tests" }
    }

    /// Runs a program on a thread of its own, and returns what it printed.
    static func run(_ name: String, _ arguments: [String]) async throws -> String {
        try await onThread { try runBlocking(name, arguments) }
    }

    /// Runs what blocks on a thread of its own.
    static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    private static func runBlocking(_ name: String, _ arguments: [String]) throws -> String {
        guard let path = find(name) else { throw NotInstalled(name: name) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        // A child inherits this thread's signal mask, and threads of the concurrency runtime block nearly all:
        // testssl.sh could then not end its own children.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}
