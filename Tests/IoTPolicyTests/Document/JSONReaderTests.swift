import IoTPolicy
import Testing

@Suite("JSON reading, seen through documents")
struct JSONReaderTests {
    @Test(
        "text that is not JSON is refused (rule 1.12)",
        arguments: [
            "", "   ", "{", "{}x", "{} {}", "[1,]", "{\"a\" 1}", "{\"a\":}", "{a: 1}", "{'a': 1}",
            "{\"a\": 01}",
            "{\"a\": 1.}", "{\"a\": 1e}", "{\"a\": -}", "{\"a\": tru}", "{\"a\": \"\\x\"}",
            "{\"a\": \"\\u12\"}",
            "{\"a\": \"\\uD800\"}", "{\"a\": \"\\uDC00\"}", "{\"a\": \"\\uD800\\u0041\"}", "{\"a\": \"\n\"}",
            "{\"a\": 1,}", "nul",
            "\u{FEFF}{}", "{\"a\": \"", "{\"a\": [1 2]}", "{\"a\": +1}", "// x\n{}",
        ])
    func notJSON(text: String) {
        #expect(refusal(text)?.code == .notJSON)
    }

    @Test("text that is not UTF-8 is refused")
    func notUTF8() {
        do throws(PolicyError) {
            _ = try PolicyDocument(utf8: Array("{\"a\"".utf8) + [0xFF] + Array(": 1}".utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.code == .notUTF8)
            #expect((error.line, error.column) == (1, 5))
        }
    }

    @Test("nesting is bounded")
    func depth() {
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(refusal(deep)?.code == .tooDeep)
        #expect(refusal(String(repeating: "{\"a\":", count: 200))?.code == .tooDeep)
    }

    @Test(
        "places count lines and characters, whatever ends the lines",
        arguments: ["\n", "\r\n", "\r"])
    func places(newline: String) {
        let error = refusal("{\(newline)  \"Version\": \"2012-10-17\",\(newline)  \"é\": 1, }")
        #expect((error?.line, error?.column) == (3, 11))
    }

    @Test("escapes stand for their characters")
    func escapes() throws {
        let document = try PolicyDocument(
            json:
                #"{"Statement": {"Effect": "Allow", "Action": "\u0069ot:\/Publish", "Resource": "\"\\\b\f\n\r\t\uD83D\uDE00é"}}"#
        )
        #expect(document.statements[0].actions.patterns[0].text == "iot:/Publish")
        #expect(document.statements[0].resources.patterns[0].text == "\"\\\u{8}\u{C}\n\r\t😀é")
    }

    @Test("an error names place, fault and remedy")
    func description() {
        let error = refusal("{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"allow\"}}")
        #expect(
            error?.description
                == "line 2, column 26: there is no effect \"allow\"; write \"Allow\" or \"Deny\", with that case"
        )
    }

    @Test("a damaged document never traps", arguments: 0..<4)
    func damaged(block: Int) {
        var generator = PolicyGenerator(seed: UInt64(90 + block))
        var refused = 0
        for _ in 0..<500 {
            var bytes = Array(generator.documentText().utf8)
            for _ in 0..<(1 + Int(generator.random.next() % 3)) {
                guard !bytes.isEmpty else { break }
                let place = Int(generator.random.next() % UInt64(bytes.count))
                switch generator.random.next() % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.random.next())
                case 1: bytes.remove(at: place)
                default: bytes = Array(bytes[..<max(1, place)])
                }
            }
            if (try? PolicyDocument(utf8: bytes)) == nil { refused += 1 }
        }
        #expect(refused > 250)
    }
}
