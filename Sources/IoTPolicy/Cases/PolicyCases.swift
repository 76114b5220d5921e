/// Decided cases in one JSON file: policies, context, request and the expected answer.
///
/// The file is an object with `formatVersion` 1 and `cases`. Every case has `id`, `policies` (documents as objects
/// or as strings of raw text), `context`, `request` (`action`, `resource`) and `expect` (`allowed`, `implicitDeny`,
/// `explicitDeny` or `malformed`); `source`, `basis` and `why` are free text.
public struct PolicyCases: Sendable {
    /// The cases in file order.
    public let cases: [PolicyCase]

    /// Reads a file of cases.
    ///
    /// - Throws: ``PolicyError`` with the place in the file. A malformed policy inside a case is no error.
    public init(json: String) throws(PolicyError) { try self.init(utf8: json.utf8) }

    /// Reads a file of cases from UTF-8 bytes.
    ///
    /// - Throws: ``PolicyError`` with the place in the file. A malformed policy inside a case is no error.
    public init(utf8: some Sequence<UInt8>) throws(PolicyError) {
        cases = try PolicyCasesReader(Array(utf8)).cases()
    }

    /// Judges every case.
    public func judge(options: PolicyOptions = .default) -> PolicyCasesReport {
        var report = PolicyCasesReport(total: cases.count)
        for item in cases {
            let answer = item.judge(options: options)
            report.tally[item.expected, default: .init()].count(answer == item.expected)
            if !item.basis.isEmpty {
                report.tallyByBasis[item.basis, default: .init()].count(answer == item.expected)
            }
            if answer != item.expected {
                report.mismatches.append(
                    PolicyCasesReport.Mismatch(
                        policyCase: item, answer: answer, detail: item.explain(options: options)))
            }
        }
        return report
    }
}

/// One decided case.
public struct PolicyCase: Sendable {
    /// The case's name.
    public let id: String
    /// What the expectation rests on, for example a page of a manual.
    public let source: String
    /// How firm it is: `iot-doc` or `iam-convention`.
    public let basis: String
    /// Why the answer is as expected.
    public let why: String
    /// The raw texts of the policies in force.
    public let policies: [String]
    /// The context of the request.
    public let context: PolicyContext
    /// The request.
    public let request: PolicyRequest
    /// The answer that is right.
    public let expected: Answer
    /// Where the case begins in its file.
    public let position: SourcePosition

    /// An answer to a case.
    public enum Answer: String, Hashable, Sendable, CaseIterable {
        /// Allowed.
        case allowed
        /// Denied, since nothing allows it.
        case implicitDeny
        /// Denied by a statement.
        case explicitDeny
        /// A document is not acceptable, so nothing is decided.
        case malformed

        init(_ decision: PolicyDecision) {
            self =
                switch decision {
                case .allowed: .allowed
                case .implicitDeny: .implicitDeny
                case .explicitDeny: .explicitDeny
                }
        }
    }

    /// Compiles the policies, named `policy 1`, `policy 2`, ….
    ///
    /// - Throws: ``PolicyError`` if one is malformed.
    public func policySet(options: PolicyOptions = .default) throws(PolicyError) -> PolicySet {
        var named: [NamedPolicy] = []
        for (index, text) in policies.enumerated() {
            named.append(
                NamedPolicy(
                    name: "\(index + 1)", document: try PolicyDocument(json: text, options: options)))
        }
        return PolicySet(named, options: options)
    }

    /// Judges the case.
    public func judge(options: PolicyOptions = .default) -> Answer {
        do throws(PolicyError) {
            return Answer(try policySet(options: options).evaluate(request, in: context))
        } catch {
            return .malformed
        }
    }

    /// Judges the case and says why.
    public func explain(options: PolicyOptions = .default) -> String {
        do throws(PolicyError) {
            return try policySet(options: options).explain(request, in: context).description
        } catch {
            return "malformed: \(error)"
        }
    }
}

/// What judging a file of cases came to.
public struct PolicyCasesReport: Sendable, CustomStringConvertible {
    /// How many cases there are.
    public let total: Int
    /// The cases answered otherwise than expected.
    public internal(set) var mismatches: [Mismatch] = []
    /// Right answers and cases by expected answer.
    public internal(set) var tally: [PolicyCase.Answer: Tally] = [:]
    /// Right answers and cases by basis.
    public internal(set) var tallyByBasis: [String: Tally] = [:]

    init(total: Int) { self.total = total }

    /// A case answered otherwise than expected.
    public struct Mismatch: Sendable {
        /// The case.
        public let policyCase: PolicyCase
        /// The answer given.
        public let answer: PolicyCase.Answer
        /// The explanation of that answer.
        public let detail: String
    }

    /// A count of right answers.
    public struct Tally: Hashable, Sendable {
        /// Answers that were as expected.
        public private(set) var right = 0
        /// All answers.
        public private(set) var total = 0

        mutating func count(_ isRight: Bool) {
            total += 1
            if isRight { right += 1 }
        }
    }

    /// Whether every case was answered as expected.
    public var allRight: Bool { mismatches.isEmpty }

    /// Three lines for each mismatch, one for each expected answer and basis, and at last one for the whole.
    public var description: String {
        var lines: [String] = []
        for mismatch in mismatches {
            let item = mismatch.policyCase
            lines.append("\(item.id): expected \(item.expected.rawValue), got \(mismatch.answer.rawValue)")
            if !item.why.isEmpty { lines.append("  expected because: \(item.why)") }
            lines.append("  \(mismatch.detail)")
        }
        for answer in PolicyCase.Answer.allCases {
            if let tally = tally[answer] {
                lines.append("  \(answer.rawValue): \(tally.right) of \(tally.total)")
            }
        }
        for (basis, tally) in tallyByBasis.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(basis): \(tally.right) of \(tally.total)")
        }
        lines.append("\(total - mismatches.count) of \(total) cases as expected")
        return lines.joined(separator: "\n")
    }
}
