/// When files are read again, and when somebody is told that they can't be used.
///
/// A certificate and its key are two files, and whoever replaces them writes one after the other. So the first
/// failure after a change is passed over in silence; only when the next look fails as well is it told, once. From
/// then on the files are tried again when they change, and now and then without.
struct ReloadStateMachine: Sendable {
    /// The files' stamps, nil for one that isn't there, in an order that doesn't change.
    typealias Stamps = [FileStamp?]

    private struct Failure: Sendable {
        var stamps: Stamps
        var count = 0
        var isTold = false
        /// Unix seconds.
        var retry: Int64 = .min
    }

    private var applied: Stamps
    private var failure: Failure?

    /// How long files that can't be used are left alone when they don't change: what is wrong may pass by itself, as
    /// with a certificate that isn't valid yet.
    static let patience: Int64 = 600

    /// - Parameter applied: the files as they were just before they were read and put in force.
    init(applied: Stamps) {
        self.applied = applied
    }

    /// Whether to read the files now.
    ///
    /// - Parameters:
    ///   - stamps: the files as they are.
    ///   - isAsked: whether somebody has asked for it.
    ///   - isDue: whether it is time even if nothing has changed.
    ///   - now: Unix seconds.
    mutating func look(at stamps: Stamps, isAsked: Bool, isDue: Bool, now: Int64) -> Bool {
        if isAsked { return true }
        if stamps == applied, !isDue {
            failure = nil
            return false
        }
        if let failure, failure.isTold, failure.stamps == stamps { return now >= failure.retry }
        return true
    }

    /// What was read is in force.
    mutating func succeeded(with stamps: Stamps) {
        applied = stamps
        failure = nil
    }

    /// What was read can't be used.
    ///
    /// - Returns: whether to tell.
    mutating func failed(with stamps: Stamps, isAsked: Bool, now: Int64) -> Bool {
        var current = failure ?? Failure(stamps: stamps)
        if current.isTold, current.stamps != stamps { current = Failure(stamps: stamps) }
        current.stamps = stamps
        current.count += 1
        current.retry = now + Self.patience
        let isTelling = isAsked || (current.count > 1 && !current.isTold)
        current.isTold = current.isTold || isTelling
        failure = current
        return isTelling
    }
}
