import MQTTCodec

extension DemoStory {
    /// What was tried and what came of it, side by side, and what to do next.
    func summary(own: Damage, shared: Damage) {
        var table = ComparisonTable(headings: [
            ["what the thief", "tried"], ["own certificate,", "least privilege"],
            ["shared certificate,", "topic/*"],
        ])
        for (first, second) in zip(own.attempts, shared.attempts) {
            table.add(first.attempt.title, .init(first.code), .init(second.code))
        }
        table.add(
            "cut off after", .init(text: own.cutOff.millisecondsText, isGood: true),
            .init(text: shared.cutOff.millisecondsText, isGood: true))
        table.add("who lost the connection", .init(lost: own), .init(lost: shared))
        table.add("who never noticed", .init(unaffected: own), .init(unaffected: shared))
        timeline.table(table)
        timeline.space()
        timeline.paragraph("Start one of your own: device-gateway serve")
        timeline.paragraph("Then, in a second shell: device-gateway device add device1")
    }
}

extension ComparisonTable.Cell {
    fileprivate init(_ code: MQTTReasonCode) {
        self.init(text: code.isError ? "refused, \(code.hexadecimal)" : "allowed", isGood: code.isError)
    }

    fileprivate init(lost damage: Damage) {
        self.init(text: damage.lost.joined(separator: ", "), isGood: damage.lost.count == 1)
    }

    fileprivate init(unaffected damage: Damage) {
        let names = damage.unaffected
        self.init(text: names.isEmpty ? "nobody" : names.joined(separator: ", "), isGood: !names.isEmpty)
    }
}
