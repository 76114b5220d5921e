import BrokerCore

extension BrokerInstant {
    /// Later by a duration; negative durations count as zero.
    func adding(_ duration: Duration) -> BrokerInstant {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return self }
        let nanoseconds = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let total = (nanoseconds.overflow ? UInt64.max : nanoseconds.partialValue)
            .addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        let sum = self.nanoseconds.addingReportingOverflow(total.overflow ? .max : total.partialValue)
        return BrokerInstant(nanoseconds: sum.overflow ? .max : sum.partialValue)
    }
}
