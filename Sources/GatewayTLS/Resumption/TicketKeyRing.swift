/// Keys that tickets are sealed with, newest first. Pure.
struct TicketKeyRing: Sendable {
    private(set) var keys: [TicketKey] = []
    let rotationInterval: Int64
    let maximumKeys: Int
    let rotates: Bool

    /// No key seals longer, whoever was to rotate it (RFC 5077, section 5.5 would have it changed regularly).
    static let maximumAge: Int64 = 86_400

    /// How far the clocks of gateways that share keys may be apart, in seconds. A key made later than that is
    /// from a clock that was wrong: it would never come of age, so it is dropped.
    static let maximumSkew: Int64 = 300

    /// How long a ticket can be read at least, in seconds.
    var lifetime: Int64 { rotationInterval * Int64(maximumKeys - 1) }

    init(rotationInterval: Int64, maximumKeys: Int, rotates: Bool) {
        self.rotationInterval = rotationInterval
        self.maximumKeys = maximumKeys
        self.rotates = rotates
    }

    /// The key to seal with; a new one when the time has come.
    mutating func sealing(now: Int64, make: (Int64) -> TicketKey?) -> TicketKey? {
        keys.removeAll { Self.isFromFuture($0, now) }
        if rotates, isDue(now), let made = make(now) { adopt([made]) }
        guard let newest = keys.first else { return nil }
        let limit = rotates ? rotationInterval : Self.maximumAge
        return now < newest.made.addingCapped(limit) ? newest : nil
    }

    /// The key of that name, if tickets under it are still read, and whether a newer one seals by now.
    func opening(_ name: [UInt8], now: Int64) -> (key: TicketKey, isOld: Bool)? {
        guard let index = keys.firstIndex(where: { $0.name == name }) else { return nil }
        let key = keys[index]
        guard !Self.isFromFuture(key, now), now < key.made.addingCapped(rotationInterval * Int64(maximumKeys))
        else { return nil }
        return (key, index > 0 || isDue(now))
    }

    /// Takes keys in; the newest are kept.
    mutating func adopt(_ more: [TicketKey]) {
        for key in more where !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
        keys.sort { $0.made > $1.made }
        keys = Array(keys.prefix(maximumKeys))
    }

    private static func isFromFuture(_ key: TicketKey, _ now: Int64) -> Bool {
        key.made > now.addingCapped(maximumSkew)
    }

    private func isDue(_ now: Int64) -> Bool {
        guard let newest = keys.first else { return true }
        return now >= newest.made.addingCapped(rotationInterval)
    }
}
