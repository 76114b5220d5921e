import IoTPolicy

/// An object of a template: its members are taken one by one, and none may be left over.
struct TemplateObject {
    let path: TemplatePath
    private var members: [JSONNode.Member]

    init(_ node: JSONNode, at path: TemplatePath) throws(TemplateError) {
        guard case .object(let members) = node.value else {
            throw TemplateError(.wrongType, path, "is \(node.typeName) where an object is needed")
        }
        self.path = path
        self.members = members
    }

    mutating func take(_ key: String) -> JSONNode? {
        guard let index = members.firstIndex(where: { $0.key == key }) else { return nil }
        return members.remove(at: index).node
    }

    mutating func require(_ key: String) throws(TemplateError) -> JSONNode {
        guard let node = take(key) else {
            throw TemplateError(.missingKey, path, "has no \(key); add it")
        }
        return node
    }

    /// All that was not taken, in order.
    mutating func takeAll() -> [(key: String, node: JSONNode)] {
        defer { members = [] }
        return members.map { ($0.key, $0.node) }
    }

    func checkEmpty(known: String) throws(TemplateError) {
        guard let unknown = members.first else { return }
        throw TemplateError(
            .unknownKey, path[unknown.key], "does not belong here; \(path) may have \(known)")
    }
}

extension JSONNode {
    func templateText(at path: TemplatePath) throws(TemplateError) -> String {
        guard case .string(let text) = value else {
            throw TemplateError(.wrongType, path, "is \(typeName) where a text is needed")
        }
        return text
    }
}
