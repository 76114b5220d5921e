/// A point on the driver's monotonic clock.
///
/// The broker never reads a clock: every event that depends on time takes `now`, and every deadline is
/// returned as an instant for the driver to schedule. Arithmetic saturates, so no interval a peer can ask
/// for overflows.
public struct BrokerInstant: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since an origin of the driver's choosing.
    public var nanoseconds: UInt64

    /// Makes an instant from nanoseconds since the driver's origin.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Later than every deadline: a session that does not expire, a message without an expiry interval.
    public static let never = BrokerInstant(nanoseconds: .max)

    /// The instant `seconds` later, or ``never`` where that would overflow.
    public func adding(seconds: UInt32) -> BrokerInstant {
        adding(nanoseconds: UInt64(seconds) * 1_000_000_000)
    }

    /// The instant `nanoseconds` later, or ``never`` where that would overflow.
    public func adding(nanoseconds interval: UInt64) -> BrokerInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(interval)
        return overflow ? .never : BrokerInstant(nanoseconds: sum)
    }

    /// Whole seconds from this instant until `deadline`, rounded up; 0 when it has passed.
    ///
    /// Rounding up makes a message that waited less than a second leave with the interval it came with:
    /// the forwarded value is "the received value minus the time that the message has been waiting"
    /// (MQTT 5, 3.3.2.3.3), and it never reaches 0 before the message expires.
    public func seconds(until deadline: BrokerInstant) -> UInt32 {
        guard deadline > self else { return 0 }
        let remaining = deadline.nanoseconds - nanoseconds
        let (whole, part) = remaining.quotientAndRemainder(dividingBy: 1_000_000_000)
        return UInt32(clamping: part == 0 ? whole : whole + 1)
    }

    /// Orders instants by time.
    public static func < (lhs: BrokerInstant, rhs: BrokerInstant) -> Bool {
        lhs.nanoseconds < rhs.nanoseconds
    }
}
