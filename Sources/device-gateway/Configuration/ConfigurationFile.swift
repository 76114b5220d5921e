import Configuration
import IoTPolicy
import Synchronization

/// The gateway's YAML file as a source of settings.
struct ConfigurationFile: Sendable {
    /// Its values.
    let snapshot: any ConfigSnapshot
    /// The domains that it has settings of.
    let domains: Set<String>
    /// What is wrong with it: unknown keys, values of the wrong shape.
    let problems: [String]

    /// A file longer than this isn't a configuration.
    static let maximumSize = 1_048_576

    /// - Parameters:
    ///   - text: the file's contents.
    ///   - name: its name in messages.
    /// - Throws: When it isn't YAML, or not a mapping of keys to values.
    init(text: String, name: String) throws {
        guard Self.holdsValues(text) else {
            self.snapshot = InMemoryProvider(name: name, values: [:]).snapshot()
            self.domains = []
            self.problems = []
            return
        }
        // The specifier is asked about every key that has a value: the way to learn which there are.
        let keys = KeyCollector()
        do {
            self.snapshot = try YAMLSnapshot(
                data: Array(text.utf8).span.bytes, providerName: name,
                parsingOptions: .init(
                    secretsSpecifier: .dynamic { key, _ in
                        keys.insert(key)
                        return false
                    }))
        } catch {
            throw CommandFailure(
                "\(name) can't be read as YAML: \(error)\nIndent with spaces, and put a space after each colon."
            )
        }
        self.domains = Set(keys.all.compactMap(Setting.domainName))
        self.problems = Self.problems(of: keys.all, in: snapshot, name: name)
    }

    /// The file as shipped has nothing but comments; the YAML parser would call that no mapping.
    private static func holdsValues(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let content = line.drop { $0 == " " || $0 == "\t" }
            return !content.isEmpty && content.first != "#" && content != "---" && content != "..."
        }
    }

    private static func problems(
        of keys: [String], in snapshot: any ConfigSnapshot, name: String
    ) -> [String] {
        keys.compactMap { key in
            guard let setting = Setting[key] else {
                let value = try? snapshot.value(forKey: AbsoluteConfigKey(path: key), type: .string).value
                // A section whose every line is commented out.
                let isSection = key == "domain" || Setting.all.contains { $0.section == key }
                if isSection, value?.text == [""] { return nil }
                let guess = Spelling.nearest(to: key, among: Setting.keys(near: key))
                return "\(name): there is no setting \(PlainText.oneLine(key))"
                    + (guess.map { "; did you mean \($0)?" } ?? "")
            }
            do {
                _ = try snapshot.value(
                    forKey: AbsoluteConfigKey(path: key), type: setting.isList ? .stringArray : .string)
                return nil
            } catch {
                let shape = setting.isList ? "a list, such as [a, b]" : "a single value"
                return "\(name): \(key) has to be \(shape); allowed is \(setting.allowed)"
            }
        }
    }

    private final class KeyCollector: Sendable {
        private let keys = Mutex<Set<String>>([])

        func insert(_ key: String) {
            keys.withLock { _ = $0.insert(key) }
        }

        var all: [String] { keys.withLock { $0.sorted() } }
    }
}

extension AbsoluteConfigKey {
    /// A key from its dotted form.
    init(path: String) {
        self.init(path.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
    }
}

extension ConfigValue {
    /// The words of a string or a list of strings.
    var text: [String]? {
        switch content {
        case .string(let word): [word]
        case .stringArray(let words): words
        default: nil
        }
    }
}
