// What GatewayTLS costs, one measurement a run; Scripts/tls runs them beside others.
//
//   tls-measure handshakes DIRECTORY KEY VERSION SECONDS   microseconds of the server's CPU for a full
//                                                          mutual-TLS handshake, both engines in memory
//   tls-measure scale DIRECTORY KEY VERSION SECONDS LOOPS  such handshakes a second, both sides, by loops
//   tls-measure serve echo|sink DIRECTORY KEY              a listener on one event loop, for tls-peer
//   tls-measure serve plain                                NIO's own echo without TLS, for tls-peer -t
//
// DIRECTORY holds KEY-server.crt, KEY-server.key, KEY-leaf.crt and KEY-leaf.key in PEM.

import Foundation
import GatewayTLS
import NIOCore
import NIOPosix

struct Identities {
    var directory: String
    var key: String

    func server() throws -> TLSContext {
        try TLSContext(
            server: TLSServerConfiguration(
                credentials: [try credential("server")], clientCertificate: .required,
                verifyClient: { $0.leaf.isEmpty ? .reject(alert: 42) : .accept }))
    }

    func client(_ version: TLSVersion) throws -> TLSContext {
        try TLSContext(
            client: TLSClientConfiguration(
                credential: try credential("leaf"), versions: version...version,
                verification: .dangerouslyNone))
    }

    private func credential(_ name: String) throws -> TLSCredential {
        try TLSCredential(
            certificateChainFile: "\(directory)/\(key)-\(name).crt",
            privateKeyFile: "\(directory)/\(key)-\(name).key")
    }
}

struct UsageError: Error {}

func run(_ arguments: [String]) async throws {
    guard let command = arguments.first else { throw UsageError() }
    switch (command, arguments.count) {
    case ("handshakes", 5):
        let measurement = try Handshakes(
            Identities(directory: arguments[1], key: arguments[2]), try version(arguments[3]))
        print(try measurement.serverMicroseconds(during: try seconds(arguments[4])))
    case ("scale", 6):
        guard let loops = Int(arguments[5]), loops > 0 else { throw UsageError() }
        print(
            try await Handshakes.rate(
                Identities(directory: arguments[1], key: arguments[2]), try version(arguments[3]),
                during: try seconds(arguments[4]), loops: loops))
    case ("serve", 2) where arguments[1] == "plain":
        try await servePlain()
    case ("serve", 4):
        try await serve(
            Identities(directory: arguments[2], key: arguments[3]), echoes: arguments[1] == "echo")
    default:
        throw UsageError()
    }
}

func version(_ text: String) throws -> TLSVersion {
    guard let version = TLSVersion.allCases.first(where: { $0.description == "TLS \(text)" }) else {
        throw UsageError()
    }
    return version
}

func seconds(_ text: String) throws -> Double {
    guard let seconds = Double(text), seconds > 0 else { throw UsageError() }
    return seconds
}

do {
    try await run(Array(CommandLine.arguments.dropFirst()))
} catch {
    print("tls-measure: \(error); the first lines of its source say how it is used")
    exit(1)
}
