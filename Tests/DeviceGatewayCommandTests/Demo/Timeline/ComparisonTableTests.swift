import Testing

@testable import device_gateway

struct ComparisonTableTests {
    private var table: ComparisonTable {
        var table = ComparisonTable(headings: [["what was", "tried"], ["own"], ["shared", "by all"]])
        table.add("publish", .init(text: "refused", isGood: true), .init(text: "allowed", isGood: false))
        table.add("who never noticed", .init(text: "two", isGood: true), .init(text: "nobody", isGood: false))
        return table
    }

    @Test func plainTableIsAligned() {
        #expect(
            table.lines(.plain).joined(separator: "\n") == """
                what was           own      shared
                tried                       by all
                -----------------  -------  -------
                publish            refused  allowed
                who never noticed  two      nobody
                """)
    }

    @Test func coloursSayWhetherAnAnswerIsGood() {
        let lines = table.lines(.rich)
        #expect(lines.contains { $0.contains("\u{1B}[32mrefused\u{1B}[0m  \u{1B}[31mallowed\u{1B}[0m") })
    }
}
