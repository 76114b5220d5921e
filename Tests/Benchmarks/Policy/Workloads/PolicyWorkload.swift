import IoTPolicy

/// The loops that are measured. One unit of work is one decision, one connection admitted or one document read.
///
/// Decisions are on a topic of 35 bytes. Statements name topics by a variable; the one that allows is the last.
public enum PolicyWorkload: String, CaseIterable, Sendable {
    case allowed1 = "decide-allowed-1"
    case allowed10 = "decide-allowed-10"
    case allowed100 = "decide-allowed-100"
    case allowed1000 = "decide-allowed-1000"
    case denied10 = "decide-denied-10"
    case suffixes100 = "decide-told-by-suffix-100"
    case middles100 = "decide-told-by-middle-100"
    case foreign10000 = "decide-no-shared-prefix-10000"
    case specialise10 = "specialise-10"
    case read = "read-document-2048"
    case compile = "compile-document-2048"
    case admitFirst = "compile-and-admit-first-2048"

    /// Does `count` units of work. Returns a figure that depends on all of them.
    public func run(_ count: Int) -> Int {
        switch self {
        case .allowed1: decide(Self.fleet(1), Self.ownTopic, count)
        case .allowed10: decide(Self.fleet(10), Self.ownTopic, count)
        case .allowed100: decide(Self.fleet(100), Self.ownTopic, count)
        case .allowed1000: decide(Self.fleet(1_000), Self.ownTopic, count)
        case .denied10: decide(Self.fleet(10), "fleet/device-2/telemetry/temperature", count)
        case .suffixes100: decide(Self.set(100) { "fleet/*/kind\($0)" }, Self.ownTopic, count)
        case .middles100: decide(Self.set(100) { "fleet/*/kind\($0)/*" }, Self.ownTopic, count)
        case .foreign10000: decide(Self.set(10_000) { "kind\($0)/${iot:ClientId}/*" }, Self.ownTopic, count)
        case .specialise10: specialise(Self.fleet(10), count)
        case .read: read(count)
        case .compile: compile(count, admits: false)
        case .admitFirst: compile(count, admits: true)
        }
    }

    private static let scope = ARNScope(region: "us-east-1", accountID: "123456789012")
    private static let context = PolicyContext(
        clientID: "device-1", thing: ThingContext(name: "device-1", isAttached: true))
    private static let ownTopic = "fleet/device-1/telemetry/temperature"

    /// Statements as a fleet has them, all alike up to the middle.
    private static func fleet(_ count: Int) -> PolicySet {
        set(count) { "fleet/${iot:Connection.Thing.ThingName}/kind\($0)/*" }
    }

    private static func set(_ count: Int, _ topic: (Int) -> String) -> PolicySet {
        let policies = (0..<count).map { index in
            let topic =
                index == count - 1 ? "fleet/${iot:Connection.Thing.ThingName}/telemetry/*" : topic(index)
            return policy("p\(index)", [.allow(["iot:Publish"], on: [scope.arn(topic: topic)])])
        }
        return PolicySet(policies.compactMap { $0 })
    }

    private static func policy(_ name: String, _ statements: [PolicyStatement]) -> NamedPolicy? {
        (try? PolicyDocument(statements: statements)).map { NamedPolicy(name: name, document: $0) }
    }

    /// As many statements as 2,048 characters hold.
    private static let fullDocument: PolicyDocument? = {
        var statements: [PolicyStatement] = []
        var document: PolicyDocument?
        while true {
            let number = statements.count
            let resource = [
                scope.arn(topic: "fleet/${iot:Connection.Thing.ThingName}/k\(number)/*"),
                scope.arn(topicFilter: "fleet/${iot:Connection.Thing.ThingName}/k\(number)/*"),
                scope.arn(client: "${iot:Connection.Thing.ThingName}"),
            ][number % 3]
            let actions = [["iot:Publish", "iot:Receive"], ["iot:Subscribe"], ["iot:Connect"]][number % 3]
            statements.append(.allow(actions, on: [resource]))
            guard let next = try? PolicyDocument(statements: statements) else { return document }
            document = next
        }
    }()

    private func decide(_ set: PolicySet, _ topic: String, _ count: Int) -> Int {
        let connection = set.specialized(for: Self.context, scope: Self.scope)
        return Array(topic.utf8).withUnsafeBufferPointer { name in
            var allowed = 0
            for _ in 0..<count where connection.decide(.publish, name).isAllowed { allowed += 1 }
            return allowed
        }
    }

    private func specialise(_ set: PolicySet, _ count: Int) -> Int {
        var sum = 0
        for _ in 0..<count {
            sum &+= Int(set.specialized(for: Self.context, scope: Self.scope).generation) + 1
        }
        return sum
    }

    private func read(_ count: Int) -> Int {
        guard let text = Self.fullDocument?.canonicalJSON else { return 0 }
        var sum = 0
        for _ in 0..<count { sum += (try? PolicyDocument(json: text).statements.count) ?? 0 }
        return sum
    }

    private func compile(_ count: Int, admits: Bool) -> Int {
        guard let text = Self.fullDocument?.canonicalJSON else { return 0 }
        var sum = 0
        for _ in 0..<count {
            guard let document = try? PolicyDocument(json: text) else { continue }
            let set = PolicySet([NamedPolicy(name: "p", document: document)])
            sum += set.policies.count
            if admits {
                sum &+= Int(set.specialized(for: Self.context, scope: Self.scope).generation)
            }
        }
        return sum
    }
}
