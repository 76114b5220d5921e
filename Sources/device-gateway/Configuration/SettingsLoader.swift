import Configuration
import IoTPolicy

/// Puts the settings together: flags before environment before file before defaults.
struct SettingsLoader {
    /// Settings given on the command line, by key.
    var flags: [String: [String]] = [:]
    /// The process's environment.
    var environment: [String: String] = [:]
    /// The contents of the configuration file and its name in messages; nil when there is no file.
    var file: (text: String, name: String)?

    /// Variables with the prefix that are no settings, but have a meaning.
    static let otherVariables: Set<String> = ["DEVICE_GATEWAY_DIRECTORY"]

    /// - Throws: ``CommandFailure`` that names every setting that is wrong, not only the first.
    func load() throws -> GatewaySettings {
        var settings = GatewaySettings()
        var problems: [String] = []
        var domains = Set(flags.keys.compactMap(Setting.domainName))
        let sources = try sources(&problems, &domains)
        for setting in Setting.all + domains.sorted().flatMap(Setting.domain) {
            guard let (words, place) = lookUp(setting, in: sources) else { continue }
            if !setting.apply(&settings, words) {
                let value = PlainText.oneLine(words.joined(separator: ", "))
                problems.append("\(place) is “\(value)”; allowed is \(setting.allowed)")
            }
        }
        if problems.isEmpty { problems = settings.contradictions }
        guard problems.isEmpty else {
            throw CommandFailure(
                (["The configuration can't be used:"]
                    + problems.map { "  " + ($0.hasSuffix("?") ? $0 : $0 + ".") }).joined(separator: "\n"))
        }
        return settings
    }

    /// Variables that look like settings and are none: most likely misspelt, possibly another
    /// program's (a Kubernetes service named device-gateway puts some there), so no error.
    var unknownVariables: [String] {
        // Variables can set what a domain of the file or the flags has; which those are, only loading knows.
        let known = Self.otherVariables.union(Setting.all.map(\.environmentName))
        return environment.keys.filter { name in
            name.hasPrefix(Setting.environmentPrefix) && !known.contains(name)
                && !name.hasPrefix(Setting.environmentPrefix + "DOMAIN_")
        }.sorted()
    }

    private struct Source {
        let snapshot: any ConfigSnapshot
        /// How a setting of this source is called in messages.
        let place: (Setting) -> String
    }

    private func sources(_ problems: inout [String], _ domains: inout Set<String>) throws -> [Source] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, words) in flags {
            guard let setting = Setting[key] else {
                let guess = Spelling.nearest(to: key, among: Setting.keys(near: key))
                problems.append(
                    "--set: there is no setting \(key)" + (guess.map { "; did you mean \($0)?" } ?? ""))
                continue
            }
            values[AbsoluteConfigKey(path: key)] = ConfigValue(
                setting.isList ? .stringArray(words) : .string(words.joined(separator: ",")), isSecret: false)
        }
        let variables = EnvironmentVariablesProvider(environmentVariables: environment)
            .prefixKeys(with: ConfigKey(["device", "gateway"]))
        var sources = [
            Source(snapshot: InMemoryProvider(name: "flags", values: values).snapshot()) {
                "\($0.key) on the command line"
            },
            Source(snapshot: variables.snapshot()) { $0.environmentName },
        ]
        if let file {
            let contents = try ConfigurationFile(text: file.text, name: file.name)
            problems += contents.problems
            domains.formUnion(contents.domains)
            sources.append(Source(snapshot: contents.snapshot) { "\($0.key) in \(file.name)" })
        }
        return sources
    }

    private func lookUp(_ setting: Setting, in sources: [Source]) -> (words: [String], place: String)? {
        for source in sources {
            // A value of the wrong shape has been reported with the file's problems.
            let found = try? source.snapshot.value(
                forKey: AbsoluteConfigKey(path: setting.key), type: setting.isList ? .stringArray : .string)
            if let words = found?.value?.text { return (words, source.place(setting)) }
        }
        return nil
    }
}
