/// An instant, as policies write it: ISO 8601 in the W3C profile, or seconds since 1970.
struct Timestamp: Hashable, Comparable, Sendable {
    let seconds: Int64
    let nanoseconds: Int32

    init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        (lhs.seconds, lhs.nanoseconds) < (rhs.seconds, rhs.nanoseconds)
    }

    /// Reads `2026`, `2026-07`, `2026-07-01`, `2026-07-01T12:00Z`, `2026-07-01T12:00:00.5+02:00` or seconds since
    /// 1970. Four digits alone are a year. A time without offset is taken as UTC.
    init?(_ text: String) {
        var scanner = Scanner(Array(text.utf8))
        if !text.utf8.contains(UInt8(ascii: "T")), scanner.bytes.count != 4, let epoch = Self.epoch(text) {
            self = epoch
            return
        }
        guard let year = scanner.digits(4) else { return nil }
        var month = 1
        var day = 1
        if scanner.take("-") {
            guard let value = scanner.digits(2), (1...12).contains(value) else { return nil }
            month = value
            if scanner.take("-") {
                guard let value = scanner.digits(2), (1...Self.days(in: month, of: year)).contains(value)
                else {
                    return nil
                }
                day = value
                if scanner.take("T") {
                    guard let time = Self.time(&scanner), scanner.isAtEnd else { return nil }
                    self.init(
                        seconds: Self.daysSince1970(year, month, day) * 86_400 + time.seconds,
                        nanoseconds: time.nanoseconds)
                    return
                }
            }
        }
        guard scanner.isAtEnd else { return nil }
        self.init(seconds: Self.daysSince1970(year, month, day) * 86_400)
    }

    private static func time(_ scanner: inout Scanner) -> (seconds: Int64, nanoseconds: Int32)? {
        guard let hour = scanner.digits(2), hour < 24, scanner.take(":"), let minute = scanner.digits(2),
            minute < 60
        else { return nil }
        var second = 0
        var nanoseconds: Int32 = 0
        if scanner.take(":") {
            guard let value = scanner.digits(2), value < 61 else { return nil }
            second = value
            if scanner.take(".") {
                guard let fraction = scanner.fraction() else { return nil }
                nanoseconds = fraction
            }
        }
        var offset = 0
        if !scanner.take("Z"), !scanner.isAtEnd {
            let isWest = scanner.take("-")
            guard isWest || scanner.take("+"), let hours = scanner.digits(2), hours < 24 else { return nil }
            _ = scanner.take(":")
            guard let minutes = scanner.digits(2), minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
        }
        return (Int64(hour * 3_600 + minute * 60 + second - offset), nanoseconds)
    }

    private static func epoch(_ text: String) -> Timestamp? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts[0].utf8.first == UInt8(ascii: "-") ? parts[0].dropFirst() : parts[0]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(parts[0])
        else { return nil }
        guard parts.count == 2 else { return Timestamp(seconds: seconds) }
        var scanner = Scanner(Array(parts[1].utf8))
        guard let nanoseconds = scanner.fraction(), scanner.isAtEnd else { return nil }
        guard seconds < 0 || parts[0].utf8.first == UInt8(ascii: "-"), nanoseconds > 0 else {
            return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        }
        let (whole, overflow) = seconds.subtractingReportingOverflow(1)
        return overflow ? nil : Timestamp(seconds: whole, nanoseconds: 1_000_000_000 - nanoseconds)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var offset = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { offset == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard offset + count <= bytes.count else { return nil }
            var value = 0
            for _ in 0..<count {
                guard (0x30...0x39).contains(bytes[offset]) else { return nil }
                value = value * 10 + Int(bytes[offset] - 0x30)
                offset += 1
            }
            return value
        }

        /// One to any number of digits after a point, in billionths.
        mutating func fraction() -> Int32? {
            var value: Int32 = 0
            var count = 0
            while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) {
                if count < 9 { value = value * 10 + Int32(bytes[offset] - 0x30) }
                count += 1
                offset += 1
            }
            guard count > 0 else { return nil }
            for _ in min(count, 9)..<9 { value *= 10 }
            return value
        }
    }

    // MARK: The proleptic Gregorian calendar

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        // Years are counted from March, so that the leap day is the last of its year.
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// The instant as `aws:CurrentTime` shows it, in whole seconds of UTC.
    var iso8601: String {
        let limited = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let days = (limited >= 0 ? limited : limited - 86_399) / 86_400
        let second = limited - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }
}
