import Foundation

/// Mosquitto's command line clients, which tests with an unmodified client need.
enum MosquittoClients {
    /// Whether they are installed. With DEVICE_GATEWAY_REQUIRE_CLIENTS set, a missing client is a failure.
    static var canRun: Bool {
        let environment = ProcessInfo.processInfo.environment
        let directories = (environment["PATH"] ?? "/usr/bin").split(separator: ":")
        let isInstalled = ["mosquitto_pub", "mosquitto_sub"].allSatisfy { name in
            directories.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        }
        return isInstalled || environment["DEVICE_GATEWAY_REQUIRE_CLIENTS"] != nil
    }
}
