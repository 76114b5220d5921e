#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times as RFC 3339 5.6 writes them.
enum RFC3339 {
    /// Whole Unix seconds, a fraction cut off; nil for anything else.
    static func seconds(_ text: String) -> Int64? {
        let octets = Array(text.utf8)
        guard octets.count >= 20, octets[10] == UInt8(ascii: "T") || octets[10] == UInt8(ascii: "t"),
            let base = base(String(decoding: octets[..<19], as: UTF8.self).uppercased() + "Z")
        else { return nil }
        let rest = octets[19...]
        var zone = rest
        if rest.first == UInt8(ascii: ".") {
            zone = rest.dropFirst().drop { isDigit($0) }
            guard zone.startIndex > rest.startIndex + 1 else { return nil }
        }
        guard let offset = offset(Array(zone)) else { return nil }
        return Int64(base.timeIntervalSince1970) - offset
    }

    /// The parser takes hour 25 for the next day's first: what it reads must be written the same.
    private static func base(_ text: String) -> Date? {
        guard let date = try? Date.ISO8601FormatStyle().parse(text), date.formatted(.iso8601) == text else {
            return nil
        }
        return date
    }

    private static func offset(_ zone: [UInt8]) -> Int64? {
        if zone == [UInt8(ascii: "Z")] || zone == [UInt8(ascii: "z")] { return 0 }
        guard zone.count == 6, zone[3] == UInt8(ascii: ":"), let sign = signs[zone[0]],
            [1, 2, 4, 5].allSatisfy({ isDigit(zone[$0]) })
        else { return nil }
        func two(_ index: Int) -> Int64 { Int64(zone[index] - 48) * 10 + Int64(zone[index + 1] - 48) }
        guard two(1) <= 23, two(4) <= 59 else { return nil }
        return sign * (two(1) * 3_600 + two(4) * 60)
    }

    private static let signs: [UInt8: Int64] = [UInt8(ascii: "+"): 1, UInt8(ascii: "-"): -1]

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }
}
