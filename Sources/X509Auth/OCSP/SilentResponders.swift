/// Responders that kept a device waiting in vain a moment ago; a value, bounded in size.
struct SilentResponders: Sendable {
    /// How long a responder is passed over, in seconds: short, since meanwhile nobody hears from it who is revoked.
    static let patience: Int64 = 10
    /// The most that are remembered; one more makes the rest forgotten.
    private static let capacity = 1_024

    private var until: [String: Int64] = [:]

    /// Whether it is passed over. A clock that was set back passes over nobody for longer.
    func contains(_ url: String, now: Int64) -> Bool {
        guard let until = until[url] else { return false }
        return now < until && until - now <= Self.patience
    }

    mutating func insert(_ url: String, now: Int64) {
        if until.count >= Self.capacity { until = until.filter { now < $0.value } }
        if until.count >= Self.capacity { until = [:] }
        until[url] = now + Self.patience
    }

    mutating func remove(_ url: String) { until[url] = nil }
}
