import Foundation

/// Programs of other people, if they are installed.
enum Program {
    static func find(_ name: String) -> URL? {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/usr/local/sbin"
        return path.split(separator: ":").map { URL(filePath: "\($0)/\(name)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// Whether tests that need the program run: where it is missing they are skipped, unless the environment
    /// says that they count (`DEVICE_GATEWAY_REQUIRE_CLIENTS`), and then they fail.
    static func isWanted(_ name: String) -> Bool { find(name) != nil || areRequired }

    static let areRequired = ProcessInfo.processInfo.environment["DEVICE_GATEWAY_REQUIRE_CLIENTS"] != nil

    /// The Python that has paho-mqtt: the system's may have it where the first on the path has not.
    static let pythonWithPaho: String? = ["python3", "/usr/bin/python3"].first { python in
        guard let process = try? start(python, ["-c", "import paho.mqtt.client"]) else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    static func start(_ name: String, _ arguments: [String]) throws -> Process {
        guard let program = name.hasPrefix("/") ? URL(filePath: name) : find(name) else {
            throw InteropFailure()
        }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Ends a program. Not by SIGTERM: a child inherits the signal mask of the thread that started it, and those of
    /// the concurrency runtime block it.
    static func stop(_ process: Process) {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Runs what blocks on a thread of its own.
    static func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}

/// The other program did something else than it should.
struct InteropFailure: Error {}
