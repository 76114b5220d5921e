/// Reads ``PolicyCases`` from their JSON form.
struct PolicyCasesReader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func cases() throws(PolicyError) -> [PolicyCase] {
        // Policies inside are read again, strictly, when they are judged: what is wrong with them is the case's affair.
        let root = try JSONReader.read(bytes, maximumDepth: 64, refusesDuplicateKeys: false)
        if let version = root["formatVersion"] {
            guard case .number("1") = version.value else {
                throw error(
                    version, "this format version is not known", hint: "give a file with formatVersion 1")
            }
        }
        guard let list = root["cases"] else {
            throw error(root, "the file has no cases", hint: "add \"cases\" with an array")
        }
        var cases: [PolicyCase] = []
        for node in try elements(list) { cases.append(try policyCase(node)) }
        return cases
    }

    private func policyCase(_ node: JSONNode) throws(PolicyError) -> PolicyCase {
        let expectation = try required(node, "expect")
        guard let expected = PolicyCase.Answer(rawValue: try string(expectation)) else {
            throw error(
                expectation, "there is no such answer",
                hint: "write allowed, implicitDeny, explicitDeny or malformed")
        }
        var policies: [String] = []
        for policy in try elements(try required(node, "policies")) {
            if case .string(let text) = policy.value {
                policies.append(text)
            } else {
                policies.append(String(decoding: bytes[policy.range], as: UTF8.self))
            }
        }
        let request = try required(node, "request")
        return PolicyCase(
            id: try string(try required(node, "id")), source: try optionalString(node, "source") ?? "",
            basis: try optionalString(node, "basis") ?? "", why: try optionalString(node, "why") ?? "",
            policies: policies, context: try context(node["context"]),
            request: PolicyRequest(
                action: try string(try required(request, "action")),
                resource: try string(try required(request, "resource"))),
            expected: expected, position: node.position)
    }

    // MARK: Context

    private func context(_ node: JSONNode?) throws(PolicyError) -> PolicyContext {
        var context = PolicyContext()
        guard let node else { return context }
        guard case .object(let members) = node.value else {
            throw error(node, "the context is \(node.typeName)", hint: "write an object")
        }
        for member in members {
            let value = member.node
            if case .null = value.value { continue }
            switch member.key {
            case "protocol": context.transport = try transport(value)
            case "clientId": context.clientID = try string(value)
            case "thing": context.thing = try thing(value)
            case "certificate": context.certificate = try certificate(value)
            case "sourceIp": context.sourceIP = try string(value)
            case "domainName": context.domainName = try string(value)
            case "time": context.time = try time(value)
            case "connectAttributes": context.connectAttributes = try strings(value)
            case "lastWillTopic": context.lastWillTopic = try string(value)
            case "messageTopic": context.messageTopic = try string(value)
            case "includeSocketInformation": context.includeSocketInformation = try bool(value)
            case "secureTransport": context.isSecure = try bool(value)
            case "sourceVpc": context.sourceVPC = try string(value)
            case "sourceVpce": context.sourceVPCE = try string(value)
            case "vpcSourceIp": context.vpcSourceIP = try string(value)
            default:
                throw PolicyError(
                    .unknownElement, at: member.position, "the context has no \"\(member.key)\"",
                    hint: "remove it or correct its name")
            }
        }
        return context
    }

    private func transport(_ node: JSONNode) throws(PolicyError) -> PolicyTransport {
        switch try string(node) {
        case "mqtt": return .mqtt
        case "wss": return .webSocket
        case "http": return .http
        default: throw error(node, "there is no such protocol", hint: "write mqtt, wss or http")
        }
    }

    private func thing(_ node: JSONNode) throws(PolicyError) -> ThingContext {
        var attributes: [String: String] = [:]
        if case .object(let members)? = node["attributes"]?.value {
            for member in members { attributes[member.key] = try string(member.node) }
        }
        return ThingContext(
            name: try string(try required(node, "name")), typeName: try optionalString(node, "type"),
            attributes: attributes, isAttached: try node["attached"].map(bool) ?? false,
            isExclusive: try node["exclusive"].map(bool) ?? false)
    }

    private func certificate(_ node: JSONNode) throws(PolicyError) -> CertificateContext {
        CertificateContext(
            id: try optionalString(node, "id") ?? "", serialNumber: try optionalString(node, "serialNumber"),
            subject: try values(node["subject"]), issuer: try values(node["issuer"]),
            subjectAlternativeNames: try values(node["san"]),
            issuerAlternativeNames: try values(node["issuerSan"]))
    }

    private func values(_ node: JSONNode?) throws(PolicyError) -> [String: [String]] {
        guard let node else { return [:] }
        guard case .object(let members) = node.value else {
            throw error(node, "this is \(node.typeName)", hint: "write an object of strings or arrays")
        }
        var result: [String: [String]] = [:]
        for member in members { result[member.key] = try strings(member.node) }
        return result
    }

    private func time(_ node: JSONNode) throws(PolicyError) -> Int64 {
        let text =
            if case .number(let digits) = node.value { digits } else { try string(node) }
        guard let time = Timestamp(text) else {
            throw error(node, "this is no time", hint: "write it as 2026-07-01T12:00:00Z")
        }
        return time.seconds
    }

    // MARK: Helpers

    private func required(_ node: JSONNode, _ key: String) throws(PolicyError) -> JSONNode {
        guard let value = node[key] else {
            throw PolicyError(
                .missingElement, at: node.position, "\"\(key)\" is missing", hint: "add \"\(key)\"")
        }
        return value
    }

    private func optionalString(_ node: JSONNode, _ key: String) throws(PolicyError) -> String? {
        guard let value = node[key] else { return nil }
        if case .null = value.value { return nil }
        return try string(value)
    }

    private func string(_ node: JSONNode) throws(PolicyError) -> String {
        guard case .string(let text) = node.value else {
            throw error(node, "this is \(node.typeName)", hint: "write a string")
        }
        return text
    }

    private func bool(_ node: JSONNode) throws(PolicyError) -> Bool {
        guard case .bool(let value) = node.value else {
            throw error(node, "this is \(node.typeName)", hint: "write true or false")
        }
        return value
    }

    private func elements(_ node: JSONNode) throws(PolicyError) -> [JSONNode] {
        guard case .array(let elements) = node.value else {
            throw error(node, "this is \(node.typeName)", hint: "write an array")
        }
        return elements
    }

    private func strings(_ node: JSONNode) throws(PolicyError) -> [String] {
        guard case .array(let nodes) = node.value else { return [try string(node)] }
        var result: [String] = []
        for node in nodes { result.append(try string(node)) }
        return result
    }

    private func error(_ node: JSONNode, _ message: String, hint: String) -> PolicyError {
        PolicyError(.wrongType, at: node.position, message, hint: hint)
    }
}
