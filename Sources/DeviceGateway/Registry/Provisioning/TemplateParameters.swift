import X509Auth

/// The `Parameters` section: what may be referred to, and what it is without a value.
struct TemplateParameters: Hashable, Sendable {
    static let certificatePrefix = "AWS::IoT::Certificate::"

    /// Declared names; nil: no default.
    var declared: [String: String?] = [:]

    /// Whether the name may be referred to: declared, or a certificate's.
    func allows(_ name: String) -> Bool {
        declared[name] != nil || X509Certificate.provisioningParameterNames.contains(name)
    }

    /// Given values over defaults.
    func values(_ given: [String: String]) -> [String: String] {
        declared.compactMapValues { $0 }.merging(given) { _, given in given }
    }

    func check(_ name: String, at path: TemplatePath) throws(TemplateError) {
        guard !allows(name) else { return }
        let hint =
            name.hasPrefix(Self.certificatePrefix)
            ? "certificates offer \(X509Certificate.provisioningParameterNames.map { $0.dropFirst(Self.certificatePrefix.count) }.sorted().joined(separator: ", "))"
            : "declare it under Parameters, or write ${!…} in Fn::Sub for a text that is no reference"
        throw TemplateError(
            .unknownReference, path, "refers to \(RegistryNames.quoted(name)), which is no parameter; \(hint)"
        )
    }
}

/// The `Mappings` section: tables of two levels.
struct TemplateMappings: Hashable, Sendable {
    var tables: [String: [String: [String: TemplateValue]]] = [:]

    func value(
        map: String, first: String, second: String, at path: TemplatePath
    ) throws(TemplateError) -> TemplateValue {
        guard let table = tables[map] else {
            throw missing("mapping \(RegistryNames.quoted(map))", at: path)
        }
        guard let row = table[first] else {
            throw missing("\(RegistryNames.quoted(first)) in mapping \(RegistryNames.quoted(map))", at: path)
        }
        guard let value = row[second] else {
            throw missing(
                "\(RegistryNames.quoted(second)) under \(RegistryNames.quoted(first)) in mapping \(RegistryNames.quoted(map))",
                at: path)
        }
        return value
    }

    private func missing(_ what: String, at path: TemplatePath) -> TemplateError {
        TemplateError(.unknownReference, path, "there is no \(what); add it under Mappings")
    }
}
