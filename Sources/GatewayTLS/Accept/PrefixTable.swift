import NIOCore

/// What is known of each prefix of addresses, in bounded memory and constant time.
///
/// Prefixes with connections are kept, and there are never more of those than connections. Of the others
/// only the token bucket matters, and only until it is full. Those lie in two generations: when the younger
/// one is half of what may be kept, or as old as a bucket takes to fill, it becomes the older one, and what
/// was the older one is forgotten.
struct PrefixTable: Sendable {
    struct Entry: Sendable {
        var connections = 0
        var bucket = TokenBucket()
    }

    private var live: [AddressPrefix: Entry] = [:]
    private var recent: [AddressPrefix: TokenBucket] = [:]
    private var older: [AddressPrefix: TokenBucket] = [:]
    private var generationBegan = NIODeadline.uptimeNanoseconds(0)
    private let maximumIdle: Int
    private let refillTime: TimeAmount

    init(maximumIdle: Int, rate: AcceptRate?) {
        self.maximumIdle = max(2, maximumIdle)
        refillTime = rate?.refillTime ?? .zero
    }

    /// The number of prefixes remembered.
    var count: Int { live.count + recent.count + older.count }

    /// What is known of a prefix.
    subscript(prefix: AddressPrefix) -> Entry {
        live[prefix] ?? Entry(bucket: recent[prefix] ?? older[prefix] ?? TokenBucket())
    }

    /// Changes what is known of a prefix.
    mutating func update<Result>(
        _ prefix: AddressPrefix, now: NIODeadline, _ change: (inout Entry) -> Result
    ) -> Result {
        var entry: Entry
        if let known = live[prefix] {
            entry = known
        } else {
            let bucket = recent.removeValue(forKey: prefix) ?? older.removeValue(forKey: prefix)
            entry = Entry(bucket: bucket ?? TokenBucket())
        }
        let result = change(&entry)
        if entry.connections > 0 {
            live[prefix] = entry
        } else {
            live[prefix] = nil
            if !entry.bucket.isFull(now: now) { remember(prefix, entry.bucket, now) }
        }
        return result
    }

    private mutating func remember(_ prefix: AddressPrefix, _ bucket: TokenBucket, _ now: NIODeadline) {
        if recent.count >= maximumIdle / 2 || now - generationBegan > refillTime {
            older = recent
            recent = [:]
            generationBegan = now
        }
        recent[prefix] = bucket
    }
}
