import IoTPolicy

let scope = ARNScope(region: "us-east-1", accountID: "123456789012")
let arnPrefix = "arn:aws:iot:us-east-1:123456789012:"

/// A document of one or more statements, given as the inside of `"Statement": […]`.
func document(_ statements: String, version: String = "2012-10-17") throws -> PolicyDocument {
    try PolicyDocument(json: "{\"Version\": \"\(version)\", \"Statement\": [\(statements)]}")
}

/// A statement as JSON. `@` at the beginning of a resource stands for the ARN prefix.
func statement(
    _ effect: String = "Allow", _ actions: String..., on resources: [String], element: String = "Resource",
    when condition: String? = nil
) -> String {
    let actionList = actions.map { "\"\($0)\"" }.joined(separator: ",")
    let resourceList = resources.map { "\"\(expand($0))\"" }.joined(separator: ",")
    let conditionText = condition.map { ", \"Condition\": \($0)" } ?? ""
    return
        "{\"Effect\": \"\(effect)\", \"Action\": [\(actionList)], \"\(element)\": [\(resourceList)]\(conditionText)}"
}

func expand(_ resource: String) -> String {
    resource.hasPrefix("@") ? arnPrefix + resource.dropFirst() : resource
}

/// Judges a request in all three ways there are; they have to agree.
func decide(
    _ documents: [PolicyDocument], _ action: String, _ resource: String,
    _ context: PolicyContext = PolicyContext(clientID: "c"), options: PolicyOptions = .default
) -> PolicyDecision? {
    let policies = documents.enumerated().map { NamedPolicy(name: "p\($0)", document: $1) }
    return decide(policies, action, resource, context, options: options)
}

func decide(
    _ policies: [NamedPolicy], _ action: String, _ resource: String,
    _ context: PolicyContext = PolicyContext(clientID: "c"), options: PolicyOptions = .default
) -> PolicyDecision? {
    let set = PolicySet(policies, options: options)
    let request = PolicyRequest(action: action, resource: expand(resource))
    let decision = set.evaluate(request, in: context)
    guard set.explain(request, in: context).decision == decision else { return nil }
    for known in MQTTAction.allCases where known.policyAction == action {
        let prefix = scope.arn(known, "")
        guard request.resource.utf8.starts(with: prefix.utf8) else { continue }
        let name = String(decoding: request.resource.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        guard set.specialized(for: context, scope: scope).decide(known, name) == decision else { return nil }
    }
    return decision
}

func decide(
    _ statements: String, _ action: String, _ resource: String,
    _ context: PolicyContext = PolicyContext(clientID: "c"), options: PolicyOptions = .default,
    version: String = "2012-10-17"
) throws -> PolicyDecision? {
    decide([try document(statements, version: version)], action, resource, context, options: options)
}

/// Whether one condition holds.
func holds(
    _ condition: String, _ context: PolicyContext = PolicyContext(clientID: "c"),
    action: String = "iot:Connect", options: PolicyOptions = .default
) throws -> Bool {
    let text = statement("Allow", action, on: ["*"], when: condition)
    let resource = action == "iot:Connect" ? "@client/c" : "@topic/t"
    let decision = try decide(text, action, resource, context, options: options)
    return decision == .allowed
}

/// The error a text is refused with.
func refusal(_ text: String, options: PolicyOptions = .default) -> PolicyError? {
    do throws(PolicyError) {
        _ = try PolicyDocument(json: text, options: options)
        return nil
    } catch {
        return error
    }
}

/// Reproducible chance (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }
}
