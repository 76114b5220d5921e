import Foundation
import Testing

/// The map's boundaries, held by reading every import line. See `Docs/Architecture.md`.
struct ImportTests {
    /// What each module may import, beyond the standard library and the system's C library.
    static let allowed: [String: Set<String>] = [
        "IoTPolicy": ["Synchronization"],
        "MQTTCodec": ["NIOCore"],
        "X509Auth": ["CGatewayOpenSSL", "Synchronization"],
        "GatewayTLS": [
            "CGatewayOpenSSL", "NIOCore", "NIOPosix", "NIOTLS", "NIOConcurrencyHelpers", "Synchronization",
        ],
        "BrokerCore": ["MQTTCodec", "NIOCore", "DequeModule", "HeapModule", "Synchronization"],
        "DeviceGateway": [
            "GatewayTLS", "MQTTCodec", "X509Auth", "IoTPolicy", "BrokerCore", "NIOCore", "NIOPosix",
            "DequeModule", "HeapModule", "HashTreeCollections", "Logging", "Metrics", "ServiceLifecycle",
            "Synchronization",
            // OCSP responders are asked over HTTP.
            "NIOHTTP1",
            // JSON of the operator socket.
            "Foundation", "FoundationEssentials",
        ],
        "GatewayStorage": [
            "DeviceGateway", "X509Auth", "GRDB", "GRDBSQLite", "Synchronization", "Foundation",
        ],
    ]

    static let systemLibraries: Set<String> = ["Glibc", "Darwin", "Musl", "Swift"]

    static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    @Test(arguments: allowed.keys.sorted())
    func moduleImportsOnlyWhatTheMapAllows(module: String) throws {
        let permitted = try #require(Self.allowed[module]).union(Self.systemLibraries)
        let files = try Self.swiftFiles(in: Self.sources.appending(path: module))
        #expect(!files.isEmpty, "no sources found for \(module)")
        for file in files {
            for imported in try Self.imports(in: file) where !permitted.contains(imported) {
                Issue.record("\(module)/\(file.lastPathComponent) imports \(imported)")
            }
        }
    }

    /// C types stay where the unsafe code is.
    @Test func openSSLIsSeenOnlyByUnsafeCodeAndEngines() throws {
        let permitted = ["/Unsafe/", "/Engine/", "/Context/"]
        for module in Self.allowed.keys.sorted() {
            for file in try Self.swiftFiles(in: Self.sources.appending(path: module))
            where try Self.imports(in: file).contains("CGatewayOpenSSL") {
                #expect(
                    permitted.contains { file.path().contains($0) },
                    "\(file.path()) sees C types outside Unsafe/ and the engine")
            }
        }
    }

    /// Only `DeviceGateway` and the command log.
    @Test func coreModulesDoNotLog() throws {
        for module in Self.allowed.keys.sorted() where module != "DeviceGateway" {
            for file in try Self.swiftFiles(in: Self.sources.appending(path: module)) {
                #expect(try !Self.imports(in: file).contains("Logging"), "\(file.path()) logs")
            }
        }
    }

    static func swiftFiles(in directory: URL) throws -> [URL] {
        let enumerator = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        return (enumerator?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    static func imports(in file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position <= 2,
                words[..<position].allSatisfy({
                    ["public", "internal", "private", "package", "fileprivate", "@testable"].contains($0)
                        || $0.hasPrefix("@")
                }), position + 1 < words.count
            else { return nil }
            let rest = words[(position + 1)...].filter {
                !["struct", "class", "enum", "func", "protocol", "typealias"].contains($0)
            }
            return rest.first.map { String($0.split(separator: ".")[0]) }
        }
    }
}
