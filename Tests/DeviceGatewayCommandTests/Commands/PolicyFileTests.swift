import IoTPolicy
import Testing

@testable import device_gateway

@Suite("Policy files")
struct PolicyFileTests {
    @Test("A fault is shown where it is, with a hint")
    func fault() throws {
        let text =
            "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Alow\", \"Action\": \"*\", \"Resource\": \"*\"}]\n}"
        do {
            _ = try PolicyFile.document(text, name: "p.json")
            Issue.record("accepted")
        } catch let failure as CommandFailure {
            let lines = failure.description.split(separator: "\n", omittingEmptySubsequences: false)
            try #require(lines.count == 4)
            #expect(lines[0].hasPrefix("p.json:3:"))
            #expect(lines[1].contains("\"Alow\""))
            let caret = try #require(lines[2].firstIndex(of: "^"))
            let column = lines[2].distance(from: lines[2].startIndex, to: caret)
            #expect(lines[1].dropFirst(column).hasPrefix("\"Alow\""))
            #expect(lines[3].hasPrefix("  Hint: "))
        }
    }

    @Test("A fault at the very end, or in a very long line, is shown too")
    func edges() {
        for text in ["", "{", String(repeating: " ", count: 5_000) + "x"] {
            #expect {
                _ = try PolicyFile.document(text, name: "p.json")
            } throws: { error in
                "\(error)".contains("Hint: ") && "\(error)".utf8.count < 1_000
            }
        }
    }
}
