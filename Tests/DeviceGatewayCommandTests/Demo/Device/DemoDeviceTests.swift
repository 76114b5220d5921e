import GatewayTLS
import MQTTCodec
import NIOCore
import Testing
import X509Auth

@testable import device_gateway

/// The small client by itself, against a real gateway.
struct DemoDeviceTests {
    @Test(.timeLimit(.minutes(1))) func reasonCodesComeThrough() async throws {
        try await onStage { stage, credential in
            let device = try await DemoDevice.connect(as: "device1", with: credential, to: stage.address)
            #expect(try await device.subscribe(to: "devices/device1/commands") == .grantedQoS1)
            #expect(try await device.subscribe(to: "#") == .notAuthorized)
            #expect(try await device.publish("on", to: "devices/device1/commands") == .success)
            #expect(
                await device.messages.first { _ in true }
                    == DemoMessage(topic: "devices/device1/commands", text: "on"))
            #expect(try await device.publish("on", to: "devices/device2/commands") == .notAuthorized)
            #expect(device.isConnected)
            try await device.disconnect()
            #expect(try await device.ended().cause == .left)
        }
    }

    @Test(.timeLimit(.minutes(1))) func afterTheEndEverythingFailsAndNothingHangs() async throws {
        try await onStage { stage, credential in
            let device = try await DemoDevice.connect(as: "device1", with: credential, to: stage.address)
            _ = try await stage.set(credential, to: .inactive)
            #expect(try await device.ended().cause == .disconnected(.notAuthorized))
            await #expect(throws: DeviceEnd.self) { try await device.publish("on", to: "devices/device1/x") }
            #expect(await device.messages.contains { _ in true } == false)
        }
    }

    @Test(.timeLimit(.minutes(1))) func connackRefusalIsThrown() async throws {
        try await onStage { stage, credential in
            let end = await #expect(throws: DeviceEnd.self) {
                _ = try await DemoDevice.connect(as: "device2", with: credential, to: stage.address)
            }
            #expect(end?.cause == .refused(.notAuthorized))
        }
    }

    @Test(.timeLimit(.minutes(1))) func alertIsThrown() async throws {
        try await onStage { stage, credential in
            _ = try await stage.set(credential, to: .revoked)
            let end = await #expect(throws: DeviceEnd.self) {
                _ = try await DemoDevice.connect(as: "device1", with: credential, to: stage.address)
            }
            #expect(end?.cause == .alert(TLSAlert(.received, 44)))
            #expect(end?.description == "TLS alert certificate_revoked (44)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func nobodyListeningIsThrown() async throws {
        try await onStage { stage, credential in
            let nobody = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
            await #expect(throws: (any Error).self) {
                _ = try await DemoDevice.connect(as: "device1", with: credential, to: nobody)
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func cancellationHangsUp() async throws {
        try await onStage { stage, credential in
            let device = try await DemoDevice.connect(as: "device1", with: credential, to: stage.address)
            let waiting = Task { try await device.ended() }
            waiting.cancel()
            guard case .lost = try await waiting.value.cause else {
                Issue.record("the connection should have been closed")
                return
            }
        }
    }

    private func onStage(
        _ body: (DemoStage, DemoCredential) async throws -> Void
    ) async throws {
        let stage = try await DemoStage.open()
        do {
            try await stage.put(.leastPrivilege)
            try await body(stage, stage.issueCertificate(for: ["device1"], policy: .leastPrivilege))
        } catch {
            await stage.close()
            throw error
        }
        await stage.close()
    }
}
