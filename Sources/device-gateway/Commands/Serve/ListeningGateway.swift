import DeviceGateway
import ServiceLifecycle

/// A gateway as a service that says when and where it listens.
struct ListeningGateway: Service {
    let gateway: Gateway
    let announce: @Sendable (Gateway.Addresses) -> Void

    func run() async throws {
        announce(try await gateway.start())
        // Ends by cancellation when another service has failed.
        try? await gracefulShutdown()
        await gateway.stop()
    }
}
