import MQTTCodec

/// What a thief tries with a stolen certificate.
enum TheftAttempt: CaseIterable {
    case publishToAnothersTopic
    case subscribeToAnothersTopics
    case subscribeToEverything
    case connectAsAnother

    static let victim = "device2"
    /// What it publishes in the victim's name.
    static let message = DemoMessage(topic: "devices/\(victim)/telemetry", text: #"{"temperature": 99.9}"#)

    var title: String {
        switch self {
        case .publishToAnothersTopic: "publish to \(Self.message.topic)"
        case .subscribeToAnothersTopics: "subscribe to devices/\(Self.victim)/#"
        case .subscribeToEverything: "subscribe to #"
        case .connectAsAnother: "connect under client ID \(Self.victim)"
        }
    }

    /// Tries it.
    ///
    /// - Returns: the reason code that the thief got.
    func callAsFunction(by thief: Thief) async throws -> MQTTReasonCode {
        switch self {
        case .publishToAnothersTopic:
            return try await thief.device.publish(Self.message.text, to: Self.message.topic)
        case .subscribeToAnothersTopics:
            return try await thief.device.subscribe(to: "devices/\(Self.victim)/#")
        case .subscribeToEverything:
            return try await thief.device.subscribe(to: "#")
        case .connectAsAnother:
            do {
                let second = try await thief.connect(as: Self.victim)
                try await second.disconnect()
                return .success
            } catch let end as DeviceEnd {
                guard case .refused(let code) = end.cause else { throw end }
                return code
            }
        }
    }
}
