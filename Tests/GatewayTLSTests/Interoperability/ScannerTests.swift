import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import GatewayTLS

/// What scanners that operators run find on the listener: what is configured, and nothing else.
@Suite("Scanners")
struct ScannerTests {
    private static let defaults: Set<String> = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ]
    private static let legacy: Set<String> = [
        "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
        "AES128-SHA", "AES256-SHA",
    ]

    private func scan(
        _ versions: ClosedRange<TLSVersion>, _ program: String, _ arguments: [String]
    ) async throws -> String {
        let pki = try TestPKI.shared
        let context = try TLSContext(
            server: TLSServerConfiguration(
                credentials: [try pki.serverEC.credential, try pki.serverRSA.credential], versions: versions))
        let server = try await TLSListener(context: context).bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeSucceededVoidFuture()
        }
        let port = try #require(server.localAddress?.port)
        let output = try await TestedPrograms.run(program, arguments + ["127.0.0.1:\(port)"])
        try await server.close()
        return output
    }

    @Test(
        "sslscan finds the configured versions and suites and no others",
        .enabled(if: TestedPrograms.isWanted("sslscan"), "sslscan is not installed"),
        arguments: [TLSVersion.v1_2 ... .v1_3, .v1_0 ... .v1_2, .v1_2 ... .v1_2, .v1_3 ... .v1_3])
    func sslscan(_ versions: ClosedRange<TLSVersion>) async throws {
        let output = try await scan(versions, "sslscan", ["--no-colour", "--no-ocsp"])
        for version in TLSVersion.allCases {
            let name = "TLSv\(version.description.dropFirst(4))"
            #expect(
                output.contains(
                    "\(name.padding(toLength: 9, withPad: " ", startingAt: 0)) \(versions.contains(version) ? "enabled" : "disabled")"
                ),
                "\(name) in \(output)")
        }
        #expect(output.contains("SSLv2     disabled") && output.contains("SSLv3     disabled"))
        var suites: Set<String> = []
        for line in output.split(separator: "\n")
        where line.hasPrefix("Accepted") || line.hasPrefix("Preferred") {
            let words = line.split(separator: " ")
            let index = try #require(words.firstIndex(of: "bits"))
            suites.insert(String(words[index + 1]))
        }
        var expected = Self.defaults.filter {
            versions.contains($0.hasPrefix("TLS_") ? .v1_3 : .v1_2)
        }
        if versions.lowerBound < .v1_2 { expected.formUnion(Self.legacy) }
        #expect(suites == expected)
        #expect(!output.contains("Insecure session renegotiation"))
        if versions.lowerBound >= .v1_2 { #expect(output.contains("Session renegotiation not supported")) }
        #expect(!output.contains("Compression enabled"))
        for line in output.split(separator: "\n") where line.contains("vulnerable") {
            #expect(line.contains("not vulnerable"))
        }
    }

    @Test(
        "testssl.sh finds nothing weak at the defaults",
        .enabled(
            if: TestedPrograms.areRequired, "testssl.sh takes a minute: set DEVICE_GATEWAY_REQUIRE_CLIENTS"))
    func testssl() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("testssl-\(UUID()).csv").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        _ = try await scan(
            .v1_2 ... .v1_3, "testssl",
            [
                "--quiet", "--color", "0", "--warnings", "batch", "--ip", "one", "--protocols", "--std",
                "--csvfile", file,
            ])
        // Each finding: id, address, port, severity, finding, …
        let findings = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",").map { $0.trimmingCharacters(in: ["\""]) } }
            .filter { $0.count >= 5 }
        func finding(_ id: String) -> String? { findings.first { $0[0] == id }?[4] }
        for id in ["SSLv2", "SSLv3", "TLS1", "TLS1_1"] {
            #expect(finding(id)?.contains("not offered") == true)
        }
        for id in ["TLS1_2", "TLS1_3"] { #expect(finding(id)?.contains("offered") == true) }
        let weak = findings.filter { ["LOW", "MEDIUM", "HIGH", "CRITICAL"].contains($0[3]) }
        #expect(weak.isEmpty, "\(weak)")
    }
}
