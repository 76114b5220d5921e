import MQTTCodec

/// The story: what own certificates under least privilege are worth on the day a key is stolen.
///
/// Each act checks all that it tells; ``DemoFailure`` and ``DeviceEnd`` end the story where it went otherwise.
struct DemoStory {
    let stage: DemoStage
    let timeline: Timeline
    let pace: Pace
    /// Whether policies, whole explanations and single readings are shown.
    let isVerbose: Bool

    static let names = ["device1", "device2", "device3"]

    /// Opens the stage, plays the five acts, and closes the stage.
    static func tell(on timeline: Timeline, pace: Pace, isVerbose: Bool) async throws {
        timeline.title(
            "What a stolen key is worth",
            "A gateway and its devices, in this process, over real mutual TLS on loopback sockets. Nothing is kept."
        )
        let stage = try await DemoStage.open()
        let story = DemoStory(stage: stage, timeline: timeline, pace: pace, isVerbose: isVerbose)
        do {
            try await story.play()
        } catch {
            await stage.close()
            throw error
        }
        await stage.close()
    }

    private func play() async throws {
        let fleet = try await leastPrivilege()
        let thief = try await theft(from: fleet)
        let own = try await deactivation(of: thief, in: fleet)
        let shared = try await sharedCertificate()
        try await clientIDTrap()
        summary(own: own, shared: shared)
    }

    /// Shows a policy to those who want to see everything.
    func showPolicy(_ policy: DemoPolicy) {
        if isVerbose { timeline.document("policy \(policy.name)", policy.text) }
    }

    /// One reading goes from a device to the backend, on the topic of the name the device connected under.
    func report(_ text: String, from device: DemoDevice) async throws -> DemoMessage {
        let reading = DemoMessage(topic: Self.topic(of: device.clientID), text: text)
        let code = try await device.publish(reading.text, to: reading.topic)
        try expect(code == .success, "\(device.clientID) may publish to \(reading.topic)", but: code.phrase)
        try await expectBackend(receives: reading)
        return reading
    }

    /// The backend gets messages in order: whatever came before this one and should not have, is found out.
    func expectBackend(receives expected: DemoMessage) async throws {
        let message = try await stage.nextMessage()
        try expect(message == expected, "the backend receives \(expected)", but: "\(message)")
    }

    static func topic(of name: String) -> String { "devices/\(name)/telemetry" }
}
