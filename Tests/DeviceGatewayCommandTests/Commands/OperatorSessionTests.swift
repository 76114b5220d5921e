import DeviceGateway
import IoTPolicy
import Logging
import Testing

@testable import device_gateway

@Suite("Commands with and without a running gateway")
struct OperatorSessionTests {
    private static let scope = ARNScope(region: "us-east-1", accountID: "123456789012")

    private func home(_ directory: GatewayDirectory) async throws -> GatewayHome {
        try directory.prepare()
        let lock = try DirectoryLock.acquire(directory.lock)
        return try await GatewayHome.open(directory, lock: lock, scope: Self.scope, now: Timestamp.now()).home
    }

    private func deviceNames(_ directory: GatewayDirectory) async throws -> [String] {
        try await OperatorSession(directory).all({ .listDevices(after: $0, limit: 1) }) {
            if case .devices(let page) = $0 { page } else { nil }
        }.map(\.name)
    }

    @Test("Where there is no gateway, the way to one is shown")
    func noGateway() async throws {
        try await withTemporaryDirectory { path in
            #expect {
                _ = try OperatorSession(GatewayDirectory(path))
            } throws: {
                "\($0)".contains("Start one with: device-gateway serve --directory \(path)")
            }
        }
    }

    @Test("A command finds the gateway that runs, or the directory of one that doesn't")
    func both() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            try await home(directory).close()
            _ = try await OperatorSession(directory).execute(
                .addDevice(name: "offline", policies: [DefaultPolicy.name]))

            let running = try await home(directory)
            let server = try await OperatorServer.listen(
                at: directory.socket, answeringWith: running.gatewayOperator(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                _ = try await OperatorSession(directory).execute(
                    .addDevice(name: "online", policies: [DefaultPolicy.name]))
                #expect(running.registry.allThings.map(\.name) == ["offline", "online"])
                #expect(try await deviceNames(directory) == ["offline", "online"])
                group.cancelAll()
                try await group.waitForAll()
            }
            running.close()
        }
    }

    @Test("Commands at the same time wait for one another")
    func concurrent() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            try await home(directory).close()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<4 {
                    group.addTask {
                        _ = try await OperatorSession(directory).execute(
                            .addDevice(name: "d\(index)", policies: [DefaultPolicy.name]))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await deviceNames(directory) == ["d0", "d1", "d2", "d3"])
        }
    }

    @Test("Which certificate is meant is answered with lines ready to be pasted, oldest certificate first")
    func alternatives() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            try await home(directory).close()
            let session = try OperatorSession(directory)
            var ids: [Substring] = []
            for command in [
                OperatorCommand.addDevice(name: "d", policies: [DefaultPolicy.name]),
                .createCertificate(thing: "d", policies: [DefaultPolicy.name]),
            ] {
                guard case .credential(let credential) = try await session.execute(command) else { return }
                ids.append(credential.certificateID.prefix(16))
            }
            do {
                _ = try await session.execute(.setCertificateStatus(.thing("d"), status: "INACTIVE"))
                Issue.record("one was chosen")
            } catch let failure as CommandFailure {
                for id in ids {
                    #expect(
                        failure.description.contains(
                            "    device-gateway certificate deactivate \(id) --directory \(path)"))
                }
                #expect(failure.description.contains("ACTIVE, registered 20"))
            }
        }
    }

    @Test("An error names place and hint of a policy's fault")
    func policyFault() {
        let failure = CommandFailure(
            OperatorError(.malformedPolicy, "Effect is wrong.", line: 3, column: 7, hint: "use Allow"))
        #expect(failure.description == "line 3, column 7: Effect is wrong.\n  Hint: use Allow")
    }
}
