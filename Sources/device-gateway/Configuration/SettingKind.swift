/// How a value is written as text, in files, environment and flags alike.
struct SettingKind<Value: Sendable>: Sendable {
    /// Completes “allowed is …”.
    let allowed: String
    /// Whether a file writes it as a sequence and the environment separates elements by commas.
    var isList = false
    /// The value, or nil when the words aren't acceptable. A list's elements; otherwise one word.
    let parse: @Sendable ([String]) -> Value?
    /// The value as YAML.
    let render: @Sendable (Value) -> String
}

extension SettingKind {
    /// A value written as one word.
    static func word(
        _ allowed: String, parse: @escaping @Sendable (String) -> Value?,
        render: @escaping @Sendable (Value) -> String
    ) -> SettingKind {
        SettingKind(allowed: allowed, parse: { $0.count == 1 ? parse($0[0]) : nil }, render: render)
    }

    /// One of a few named values.
    static func choice(_ values: [(name: String, value: Value)]) -> SettingKind where Value: Equatable {
        let names = values.map(\.name)
        return .word("one of " + names.joined(separator: ", ")) { text in
            values.first { $0.name == text.lowercased() }?.value
        } render: { value in
            values.first { $0.value == value }?.name ?? names[0]
        }
    }
}

extension SettingKind<[String]> {
    /// A list of words that obey a rule.
    static func words(_ allowed: String, _ isWord: @escaping @Sendable (String) -> Bool) -> SettingKind {
        SettingKind(
            allowed: allowed, isList: true,
            parse: { words in words.allSatisfy(isWord) ? words : nil },
            render: { "[\($0.joined(separator: ", "))]" })
    }
}

extension SettingKind {
    /// A value, or the word none.
    static func orNone<Wrapped: Sendable>(_ kind: SettingKind<Wrapped>) -> SettingKind
    where Value == Wrapped? {
        SettingKind(
            allowed: "none, or " + kind.allowed, isList: kind.isList,
            parse: { words in
                if words == ["none"] { return .some(nil) }
                return kind.parse(words).map { .some($0) }
            },
            render: { $0.map(kind.render) ?? "none" })
    }
}

extension SettingKind<Bool> {
    static var onOrOff: SettingKind {
        .word("true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on": true
            case "false", "no", "off": false
            default: nil
            }
        } render: {
            $0 ? "true" : "false"
        }
    }
}
