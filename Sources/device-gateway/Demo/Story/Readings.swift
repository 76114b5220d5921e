/// Counts numbered readings as they arrive, and holds every device to sending each once, in order.
struct Readings {
    /// How many each device sends, and how long it waits between two.
    static let count = 30
    static let pause: Duration = .milliseconds(20)
    static let pauseText = "20 ms"

    private var counts: [String: Int]
    private let names: [String]

    init(of names: [String]) {
        self.names = names
        counts = [:]
    }

    mutating func note(_ text: String, on topic: String) throws {
        guard let name = names.first(where: { DemoStory.topic(of: $0) == topic }) else {
            throw DemoFailure("expected readings only, but got \(text) on \(topic)")
        }
        let next = count(of: name) + 1
        try expect(text == "\(next)", "reading \(next) of \(name) comes next", but: text)
        counts[name] = next
    }

    func count(of name: String) -> Int { counts[name] ?? 0 }

    func everyoneHas(_ count: Int) -> Bool {
        names.allSatisfy { self.count(of: $0) >= count }
    }
}
