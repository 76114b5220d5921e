/// Whoever holds a stolen certificate, and its first connection.
struct Thief: Sendable {
    let credential: DemoCredential
    let device: DemoDevice
    private let stage: DemoStage

    init(_ credential: DemoCredential, as clientID: String, on stage: DemoStage) async throws {
        self.credential = credential
        self.stage = stage
        device = try await .connect(as: clientID, with: credential, to: stage.address)
    }

    /// Opens one more connection with the stolen certificate.
    func connect(as clientID: String) async throws -> DemoDevice {
        try await .connect(as: clientID, with: credential, to: stage.address)
    }
}
