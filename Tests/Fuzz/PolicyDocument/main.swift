import FuzzDriver
import IoTPolicy

// Any bytes as a document: a typed error, or a document that prints itself back and is judged the same in every
// way there is. The document's own text also serves as the connection's identity and as the name asked for, so
// that whatever the fuzzer finds reaches the patterns from both sides.

let scope = ARNScope(region: "us-east-1", accountID: "123456789012")

func judge(_ document: PolicyDocument, _ words: [String]) {
    let set = PolicySet([NamedPolicy(name: "fuzz", document: document)])
    let word = words.first ?? ""
    let context = PolicyContext(
        clientID: word,
        thing: ThingContext(name: word, typeName: "t", attributes: ["a": word], isAttached: true),
        certificate: CertificateContext(id: word, subject: ["CommonName": words]), sourceIP: word, time: 0,
        connectAttributes: words, lastWillTopic: scope.arn(topic: word))
    let connection = set.specialized(for: context, scope: scope)
    for action in MQTTAction.allCases {
        for name in words.suffix(3) + ["a/b"] {
            let request = connection.request(action, name)
            let decision = connection.decide(action, name)
            precondition(set.evaluate(request, in: context) == decision, "evaluate and decide differ")
            let explanation = connection.explain(action, name)
            precondition(explanation.decision == decision, "the explanation differs")
            precondition(!explanation.summary.isEmpty)
        }
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: data == nil ? 0 : count)
    let document: PolicyDocument
    do throws(PolicyError) {
        document = try PolicyDocument(utf8: bytes)
    } catch {
        precondition(error.line >= 1 && error.column >= 1 && !error.message.isEmpty, "\(error)")
        return 0
    }
    let printed = document.canonicalJSON
    guard let again = try? PolicyDocument(json: printed) else {
        preconditionFailure("does not read what it prints: \(printed)")
    }
    precondition(again.canonicalJSON == printed, "prints differently what it printed")
    for finding in PolicyLinter.lint(document) { precondition(!finding.message.isEmpty && finding.line >= 1) }
    let words = document.statements.flatMap(\.resources.patterns).prefix(4).map { pattern in
        String(pattern.text.split(separator: "/", maxSplits: 1).last ?? "")
    }
    judge(document, words)
    return 0
}

_ = runFuzzer(test)
