/// A condition of a document, ready to be judged.
struct CompiledCondition: Sendable {
    let source: PolicyCondition
    let key: ContextKey
    private let test: ConditionTest

    init(_ condition: PolicyCondition, syntax: TextTemplate.Syntax) {
        source = condition
        key = ContextKey(condition.key.text)
        test = ConditionTest(condition, syntax: syntax)
    }

    var variables: [VariableReference] { test.variables }

    /// Whether the answer may change while a connection lasts.
    var dependsOnTime: Bool { key.dependsOnTime || variables.contains { $0.key.dependsOnTime } }

    func holds(_ reader: ContextReader) -> Bool { holds(for: reader.values(key), reader) }

    func holds(for values: [String], _ reader: ContextReader) -> Bool {
        let name = source.operator
        switch test {
        case .null(let expectations): return expectations.contains(values.isEmpty)
        case .never: return false
        default: break
        }
        let isNegated = name.comparison.isNegated
        guard !values.isEmpty else {
            if name.ifExists { return true }
            switch name.quantifier {
            case .none: return isNegated
            case .forAllValues: return !isNegated || reader.options.negatedForAllValuesHoldsWithoutValues
            case .forAnyValue: return false
            }
        }
        func passes(_ value: String) -> Bool { test.matches(value, reader) != isNegated }
        switch name.quantifier {
        case .forAllValues: return values.allSatisfy(passes)
        case .forAnyValue: return values.contains(where: passes)
        case .none:
            return reader.options.plainOperatorOnSeveralValues == .anyPasses
                ? values.contains(where: passes) : values.allSatisfy(passes)
        }
    }
}
