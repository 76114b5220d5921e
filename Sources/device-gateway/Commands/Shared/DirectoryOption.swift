import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which gateway a command is about.
struct DirectoryOption: ParsableArguments {
    @Option(
        name: [.long, .customShort("d")],
        help: ArgumentHelp(
            "The gateway's directory (default: DEVICE_GATEWAY_DIRECTORY, else ./gateway).", valueName: "dir"))
    var directory: String?

    /// The directory from flag, environment or default.
    func resolved(environment: [String: String] = ProcessInfo.processInfo.environment) -> GatewayDirectory {
        let fromEnvironment = environment["DEVICE_GATEWAY_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
        return GatewayDirectory(directory ?? fromEnvironment ?? "./gateway")
    }

    func validate() throws {
        if directory?.isEmpty == true { throw ValidationError("--directory needs a path.") }
    }
}
