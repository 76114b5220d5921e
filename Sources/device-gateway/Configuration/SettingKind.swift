import GatewayTLS
import Logging

/// How a value is written as text, in files, environment and flags alike.
struct SettingKind<Value: Sendable>: Sendable {
    /// Completes “allowed is …”.
    let allowed: String
    /// Whether a file writes it as a sequence and the environment separates elements by commas.
    var isList = false
    /// The value, or nil when the words aren't acceptable. A list's elements; otherwise one word.
    let parse: @Sendable ([String]) -> Value?
    /// The value as YAML.
    let render: @Sendable (Value) -> String
}

extension SettingKind {
    /// A value written as one word.
    static func word(
        _ allowed: String, parse: @escaping @Sendable (String) -> Value?,
        render: @escaping @Sendable (Value) -> String
    ) -> SettingKind {
        SettingKind(allowed: allowed, parse: { $0.count == 1 ? parse($0[0]) : nil }, render: render)
    }

    /// One of a few named values.
    static func choice(_ values: [(name: String, value: Value)]) -> SettingKind where Value: Equatable {
        let names = values.map(\.name)
        return .word("one of " + names.joined(separator: ", ")) { text in
            values.first { $0.name == text.lowercased() }?.value
        } render: { value in
            values.first { $0.value == value }?.name ?? names[0]
        }
    }
}

extension SettingKind<String> {
    static var host: SettingKind {
        .word("an IP address or a host name") { text in
            let bytes = text.utf8
            guard !bytes.isEmpty, bytes.count <= 253 else { return nil }
            return bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") } ? text : nil
        } render: {
            "\"\($0)\""
        }
    }

    static var path: SettingKind {
        .word("a file's path, or \"\" for none") { text in
            text.utf8.count <= 4_096 && text.utf8.allSatisfy { $0 >= 0x20 } ? text : nil
        } render: {
            "\"\($0)\""
        }
    }

    static var variable: SettingKind {
        .word("an environment variable's name, or \"\" for none") { text in
            let isName = text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "=")
            }
            return isName && text.utf8.count <= 255 ? text : nil
        } render: {
            "\"\($0)\""
        }
    }

    static var partition: SettingKind { choice(["aws", "aws-cn", "aws-us-gov"].map { ($0, $0) }) }

    static var region: SettingKind {
        .word("an AWS Region's code, such as eu-central-1") { text in
            guard !text.isEmpty, text.utf8.count <= 32 else { return nil }
            let isCode = text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
            return isCode ? text : nil
        } render: {
            $0
        }
    }

    static var accountID: SettingKind {
        .word("twelve digits") { text in
            let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return text.utf8.count == 12 && isNumber ? text : nil
        } render: {
            "\"\($0)\""
        }
    }
}

extension SettingKind<[String]> {
    /// Names of policies (AWS IoT, CreatePolicy: `[\w+=,.@-]+`, 128 characters at most).
    static var policyNames: SettingKind {
        SettingKind(
            allowed: "a list of policy names", isList: true,
            parse: { words in
                let areNames = words.allSatisfy { word in
                    !word.isEmpty && word.utf8.count <= 128 && word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
                }
                return areNames ? words : nil
            },
            render: { "[\($0.joined(separator: ", "))]" })
    }
}

extension SettingKind<Bool> {
    static var onOrOff: SettingKind {
        .word("true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on": true
            case "false", "no", "off": false
            default: nil
            }
        } render: {
            $0 ? "true" : "false"
        }
    }
}

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

extension SettingKind<TLSVersion> {
    static var tlsVersion: SettingKind {
        choice([("1.0", .v1_0), ("1.1", .v1_1), ("1.2", .v1_2), ("1.3", .v1_3)])
    }
}

extension SettingKind<Logger.Level> {
    static var logLevel: SettingKind { choice(Logger.Level.allCases.map { ($0.rawValue, $0) }) }
}
