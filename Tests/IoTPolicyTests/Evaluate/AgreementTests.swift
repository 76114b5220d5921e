import IoTPolicy
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("All ways of judging agree")
struct AgreementTests {
    /// How many requests are judged: ten thousand, or as many as `POLICY_AGREEMENT_CASES` says (a million at night).
    private static let cases = getenv("POLICY_AGREEMENT_CASES").flatMap { Int(String(cString: $0)) } ?? 10_000

    private static let blocks = 10
    private static let requestsPerPolicy = 2

    @Test(
        "the library, its explanation, its fast path and a slow second evaluator agree on generated policies",
        arguments: 0..<Self.blocks)
    func agreement(block: Int) throws {
        var seen: [PolicyDecision: Int] = [:]
        let policies = max(500, Self.cases / Self.blocks / Self.requestsPerPolicy)
        for index in 0..<policies {
            let seed = UInt64(block * policies + index)
            var generator = PolicyGenerator(seed: seed)
            var texts: [String] = []
            for _ in 0..<(1 + index % 2) { texts.append(generator.documentText()) }
            let documents = try texts.map { try PolicyDocument(json: $0) }
            let set = PolicySet(
                documents.enumerated().map { NamedPolicy(name: "p\($0)", document: $1) })
            let context = generator.context()
            let connection = set.specialized(for: context, scope: scope)
            for _ in 0..<Self.requestsPerPolicy {
                let (action, name) = generator.request()
                let request = connection.request(action, name)
                let expected = SlowEvaluator(documents: documents).evaluate(request, context)
                seen[expected, default: 0] += 1
                let explanation = connection.explain(action, name)
                let agrees =
                    set.evaluate(request, in: context) == expected
                    && connection.decide(action, name) == expected && explanation.decision == expected
                    && (explanation.decidingStatement == nil) == (expected == .implicitDeny)
                    && (explanation.nearestMiss != nil) == (expected == .implicitDeny)
                guard agrees else {
                    Issue.record(
                        """
                        seed \(seed): \(request), expected \(expected)
                        evaluate \(set.evaluate(request, in: context)), decide \(connection.decide(action, name))
                        \(explanation)
                        \(texts.joined(separator: "\n"))
                        \(context)
                        """)
                    return
                }
            }
        }
        // A generator that never allows or never denies would prove nothing.
        for decision in PolicyDecision.allCases { #expect(seen[decision, default: 0] > 50) }
    }
}
