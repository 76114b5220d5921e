/// Answers of OCSP responders, kept until they end; a value, bounded in size.
public struct OCSPCache: Sendable {
    private struct Key: Hashable {
        let issuer: CertificateID
        let serialNumber: [UInt8]
    }

    private var answers: [Key: OCSPAnswer] = [:]
    /// In order of arrival; may name answers that are gone.
    private var arrivals: [Key] = []
    private var oldest = 0
    private let capacity: Int

    /// An empty cache.
    ///
    /// - Parameter capacity: The most answers kept; the oldest go first. One takes some 150 bytes.
    public init(capacity: Int = 10_000) {
        self.capacity = max(1, capacity)
    }

    /// How many answers are kept.
    public var count: Int { answers.count }

    /// What is known; nil: nothing that may still be used.
    ///
    /// - Parameters:
    ///   - serialNumber: ``SerialNumber/bytes``.
    ///   - now: Unix seconds.
    public mutating func answer(
        issuer: CertificateID, serialNumber: [UInt8], now: Int64
    ) -> OCSPAnswer? {
        let key = Key(issuer: issuer, serialNumber: serialNumber)
        guard let answer = answers[key] else { return nil }
        guard now <= answer.validUntil else {
            answers[key] = nil
            return nil
        }
        return answer
    }

    /// Keeps an answer, unless a newer one is there.
    public mutating func insert(_ answer: OCSPAnswer, issuer: CertificateID, serialNumber: [UInt8]) {
        let key = Key(issuer: issuer, serialNumber: serialNumber)
        if let present = answers[key], present.thisUpdate > answer.thisUpdate { return }
        if answers.updateValue(answer, forKey: key) == nil { arrivals.append(key) }
        while answers.count > capacity, oldest < arrivals.count {
            answers[arrivals[oldest]] = nil
            oldest += 1
        }
        // Keys of answers that ended stay behind; swept when they outnumber the rest.
        if arrivals.count > 2 * capacity + 16 {
            var seen: Set<Key> = []
            arrivals = arrivals[oldest...].filter { answers[$0] != nil && seen.insert($0).inserted }
            oldest = 0
        }
    }
}
