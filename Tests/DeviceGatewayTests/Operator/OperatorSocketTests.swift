import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing
import X509Auth

@testable import DeviceGateway

@Suite("Operator socket")
struct OperatorSocketTests {
    /// Runs a server on a socket in a directory of its own.
    private func withServer(
        _ body: (_ path: String, _ fixture: OperatorFixture) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "gw-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("control.sock").path
        let fixture = try await OperatorFixture()
        let server = try await OperatorServer.listen(
            at: path, answeringWith: fixture.gatewayOperator,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(path, fixture)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(!FileManager.default.fileExists(atPath: path), "the socket is removed at the end")
    }

    /// Writes bytes as they are and returns the lines that come back until the server hangs up or
    /// `count` have come.
    private func talk(_ path: String, _ bytes: ByteBuffer, lines count: Int) async throws -> [String] {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(bytes)
            var buffer = OperatorLineBuffer(limit: OperatorProtocol.maximumReplyLength)
            var lines: [String] = []
            for try await part in inbound {
                buffer.append(part)
                while let line = try buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
                if lines.count >= count { break }
            }
            return lines
        }
    }

    @Test("A command over the socket does what it does without one")
    func command() async throws {
        try await withServer { path, fixture in
            let client = OperatorClient(path: path)
            guard
                case .credential(let credential) = try await client.execute(
                    .addDevice(name: "d", policies: ["p"]))
            else { throw OperatorFixture.UnexpectedReply() }
            #expect(fixture.registry.allCertificates.map(\.id.string) == [credential.certificateID])
            await #expect {
                try await client.execute(.showDevice(name: "nobody"))
            } throws: {
                ($0 as? OperatorError)?.code == .notFound
            }
        }
    }

    @Test("The socket is the owner's alone")
    func mode() async throws {
        try await withServer { path, _ in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test("The kernel's word on the peer is asked: this process is the owner, another user isn't")
    func peer() async throws {
        #expect(PeerCredentials.mayOperate(userID: geteuid()))
        #expect(PeerCredentials.mayOperate(userID: 0))
        #expect(!PeerCredentials.mayOperate(userID: geteuid() + 1))
        #expect(!PeerCredentials.mayOperate(userID: nil))
    }

    @Test("Requests on one connection are answered in order, faulty ones included")
    func pipelined() async throws {
        try await withServer { path, _ in
            let requests = [
                #"{"version":1,"command":{"list-devices":{}}}"#, "nonsense", #"{"version":9,"command":{}}"#,
                #"{"version":1,"command":{"fly":{}}}"#, #"{"version":1,"command":{"list-policies":{}}}"#,
            ]
            let lines = try await talk(
                path, ByteBuffer(string: requests.joined(separator: "\n") + "\n"), lines: 5)
            try #require(lines.count == 5)
            #expect(lines[0].contains(#""devices""#))
            #expect(lines[1].contains(#""code":"malformed-request""#))
            #expect(lines[2].contains(#""code":"unsupported-version""#))
            #expect(lines[3].contains(#""code":"unknown-command""#))
            #expect(lines[4].contains(#""name":"p""#))
        }
    }

    @Test("A line over the limit is refused and the connection closed; others are still served")
    func overlong() async throws {
        try await withServer { path, _ in
            let flood = ByteBuffer(
                repeating: UInt8(ascii: "x"), count: OperatorProtocol.maximumRequestLength + 1)
            let lines = try await talk(path, flood, lines: 2)
            #expect(lines.count == 1)
            #expect(lines.first?.contains(#""code":"request-too-long""#) == true)
            _ = try await OperatorClient(path: path).execute(.listDevices(after: nil, limit: nil))
        }
    }

    @Test("Where nobody listens, the client says so")
    func nobody() async throws {
        await #expect {
            try await OperatorClient(path: "/nonexistent/control.sock").execute(
                .listDevices(after: nil, limit: nil))
        } throws: {
            ($0 as? OperatorError)?.code == .notRunning
        }
    }

    @Test("A path too long for a socket is said to be so")
    func longPath() async throws {
        let fixture = try await OperatorFixture()
        let path = "/tmp/" + String(repeating: "x", count: 200)
        await #expect {
            try await OperatorServer.listen(
                at: path, answeringWith: fixture.gatewayOperator, logger: Logger(label: "test"))
        } throws: {
            ($0 as? OperatorError)?.message.contains("too long") == true
        }
    }
}
