import GatewayTLS

extension SettingKind where Value: FixedWidthInteger & Sendable {
    static func count(_ range: ClosedRange<Value>) -> SettingKind {
        .word("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Value(text.filter { $0 != "_" }).flatMap { range.contains($0) ? $0 : nil }
        } render: {
            "\($0)"
        }
    }

    static var port: SettingKind {
        .word("a port from 0 to 65535 (0 lets the system choose)") { text in
            Int(text).flatMap { (0...65_535).contains($0) ? Value($0) : nil }
        } render: {
            "\($0)"
        }
    }
}

extension SettingKind<[Int]> {
    static var ports: SettingKind {
        SettingKind(
            allowed: "a list of ports from 1 to 65535", isList: true,
            parse: { words in
                let ports = words.compactMap(Int.init).filter((1...65_535).contains)
                return ports.count == words.count ? ports : nil
            },
            render: { "[\($0.map(String.init).joined(separator: ", "))]" })
    }
}

extension SettingKind<Int> {
    private static let units: [(suffix: String, factor: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1),
    ]

    /// A size in bytes.
    static func size(_ range: ClosedRange<Int>) -> SettingKind {
        let (lower, upper) = (rendered(range.lowerBound), rendered(range.upperBound))
        return .word("a size from \(lower) to \(upper), in bytes or with KiB, MiB or GiB") { text in
            guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
                let number = Int(text.dropLast(unit.suffix.count).filter { $0 != " " && $0 != "_" })
            else { return nil }
            let (size, overflow) = number.multipliedReportingOverflow(by: unit.factor)
            return !overflow && range.contains(size) ? size : nil
        } render: {
            rendered($0)
        }
    }

    private static func rendered(_ size: Int) -> String {
        let unit = units.first { size.isMultiple(of: $0.factor) && size >= $0.factor } ?? ("", 1)
        return "\(size / unit.factor)\(unit.suffix)"
    }
}

extension SettingKind<Duration> {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
    ]

    static func time(_ range: ClosedRange<Duration>) -> SettingKind {
        let (lower, upper) = (rendered(range.lowerBound), rendered(range.upperBound))
        return .word("a time from \(lower) to \(upper), with ms, s, m or h") { text in
            guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
                let number = Int64(text.dropLast(unit.suffix.count).filter { $0 != " " })
            else { return nil }
            let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
            guard !overflow else { return nil }
            let time = Duration.milliseconds(milliseconds)
            return range.contains(time) ? time : nil
        } render: {
            rendered($0)
        }
    }

    private static func rendered(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        if attoseconds != 0 { return "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms" }
        if seconds != 0, seconds.isMultiple(of: 3_600) { return "\(seconds / 3_600)h" }
        if seconds != 0, seconds.isMultiple(of: 60) { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}

extension SettingKind<AcceptRate?> {
    static var acceptRate: SettingKind {
        .word("none, so many a second from 1 to 1000000, or with how many may come at once, as 500/5000") {
            text in
            if text == "none" { return .some(nil) }
            let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            let isInRange = numbers.allSatisfy { $0.map((1...1_000_000).contains) ?? false }
            guard isInRange, let perSecond = numbers.first ?? nil, numbers.count <= 2 else { return nil }
            return .some(AcceptRate(perSecond: perSecond, burst: numbers.count == 2 ? numbers[1] : nil))
        } render: {
            $0.map { "\($0.perSecond)/\($0.burst)" } ?? "none"
        }
    }
}
