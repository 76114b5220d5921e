extension PolicyDocument {
    /// The document in one fixed form: no white space, elements in grammar order, arrays throughout, conditions in
    /// order of operator and key. Two documents that say the same in the same order have the same text.
    public var canonicalJSON: String {
        var writer = CanonicalJSONWriter()
        writer.document(self)
        return writer.text
    }
}

struct CanonicalJSONWriter {
    private(set) var text = ""

    mutating func document(_ document: PolicyDocument) {
        text += "{\"Version\":"
        string(document.version.rawValue)
        if let id = document.id {
            text += ",\"Id\":"
            string(id)
        }
        text += ",\"Statement\":["
        for (index, item) in document.statements.enumerated() {
            if index > 0 { text += "," }
            statement(item)
        }
        text += "]}"
    }

    private mutating func statement(_ statement: PolicyStatement) {
        text += "{"
        if let sid = statement.sid {
            text += "\"Sid\":"
            string(sid)
            text += ","
        }
        text += "\"Effect\":"
        string(statement.effect.rawValue)
        text += statement.actions.isNegated ? ",\"NotAction\":" : ",\"Action\":"
        array(statement.actions.patterns)
        text += statement.resources.isNegated ? ",\"NotResource\":" : ",\"Resource\":"
        array(statement.resources.patterns)
        conditions(statement.conditions)
        text += "}"
    }

    private mutating func conditions(_ conditions: [PolicyCondition]) {
        guard !conditions.isEmpty else { return }
        let sorted = conditions.sorted {
            ($0.operator.description, $0.key.text) < ($1.operator.description, $1.key.text)
        }
        text += ",\"Condition\":{"
        var current: String?
        for condition in sorted {
            let name = condition.operator.description
            if name == current {
                text += ","
            } else {
                if current != nil { text += "}," }
                string(name)
                text += ":{"
                current = name
            }
            string(condition.key.text)
            text += ":"
            array(condition.values)
        }
        text += "}}"
    }

    private mutating func array(_ values: [PolicyText]) {
        text += "["
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            string(value.text)
        }
        text += "]"
    }

    private mutating func string(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
