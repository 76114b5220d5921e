import BrokerCore

/// How many refusals of one connection are still explained in the present second.
struct ExplanationBudget {
    private let perSecond: Int
    private var windowStart = BrokerInstant(nanoseconds: 0)
    private var used = 0

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    mutating func take(now: BrokerInstant) -> Bool {
        if now >= windowStart.adding(seconds: 1) {
            windowStart = now
            used = 0
        }
        guard used < perSecond else { return false }
        used += 1
        return true
    }
}
