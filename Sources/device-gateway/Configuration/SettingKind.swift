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

extension SettingKind<[String]> {
    /// A list of words that obey a rule.
    static func words(_ allowed: String, _ isWord: @escaping @Sendable (String) -> Bool) -> SettingKind {
        SettingKind(
            allowed: allowed, isList: true,
            parse: { words in words.allSatisfy(isWord) ? words : nil },
            render: { "[\($0.joined(separator: ", "))]" })
    }

    /// Files, or what OpenSSL finds behind a URI.
    static var files: SettingKind {
        words("a list of file names, relative to the gateway's directory, or file: and pkcs11: URIs") {
            isPath($0)
        }
    }

    static var serverNames: SettingKind {
        words("a list of host names, or *. and a host name") { word in
            MachineNames.isHostName(word.hasPrefix("*.") ? String(word.dropFirst(2)) : word)
        }
    }

    static var protocolNames: SettingKind {
        words("a list of ALPN protocol names of 1 to 255 bytes") { (1...255).contains($0.utf8.count) }
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

/// Not empty, and nothing a terminal or C would stumble over.
private func isPath(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 4_096 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
}

extension SettingKind<String?> {
    /// A file, or none.
    static var file: SettingKind {
        .word("a file name, relative to the gateway's directory, or \"\" for none") { text in
            text.isEmpty ? .some(nil) : isPath(text) ? .some(text) : nil
        } render: {
            "\"\($0 ?? "")\""
        }
    }

    static var variable: SettingKind {
        .word("the name of an environment variable, or \"\" for none") { text in
            if text.isEmpty { return .some(nil) }
            let isName = text.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "_")
            }
            return isName ? .some(text) : nil
        } render: {
            "\"\($0 ?? "")\""
        }
    }
}

extension SettingKind<[AddressPrefix]> {
    static var addressPrefixes: SettingKind {
        SettingKind(
            allowed: "a list of addresses or blocks, such as 192.0.2.1 or 2001:db8::/32", isList: true,
            parse: { words in
                let prefixes = words.compactMap { AddressPrefix($0) }
                return prefixes.count == words.count ? prefixes : nil
            },
            render: { "[\($0.map { "\"\($0)\"" }.joined(separator: ", "))]" })
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

extension SettingKind<Int?> {
    static func countOrNone(_ range: ClosedRange<Int>) -> SettingKind { .orNone(.count(range)) }
}

extension SettingKind<Duration?> {
    static func timeOrNone(_ range: ClosedRange<Duration>) -> SettingKind { .orNone(.time(range)) }
}

extension SettingKind {
    /// A value, or the word none.
    static func orNone<Wrapped: Sendable>(_ kind: SettingKind<Wrapped>) -> SettingKind
    where Value == Wrapped? {
        SettingKind(
            allowed: "none, or " + kind.allowed, isList: kind.isList,
            parse: { words in
                if words == ["none"] { return .some(nil) }
                return kind.parse(words).map { .some($0) }
            },
            render: { $0.map(kind.render) ?? "none" })
    }
}

extension SettingKind<TLSSecurityPolicy?> {
    static var securityPolicy: SettingKind {
        let names = TLSSecurityPolicy.all.map {
            $0.name.split(separator: "_").dropFirst().joined(separator: "_")
        }
        return .word("none, or one of " + names.joined(separator: ", ")) { text in
            if text == "none" { return .some(nil) }
            return TLSSecurityPolicy(name: text).map { .some($0) }
        } render: {
            $0?.name ?? "none"
        }
    }
}

extension SettingKind<TLSVersion?> {
    static var tlsVersionOrDefault: SettingKind {
        choice([("default", nil), ("1.0", .v1_0), ("1.1", .v1_1), ("1.2", .v1_2), ("1.3", .v1_3)])
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

extension SettingKind<Logger.Level> {
    static var logLevel: SettingKind { choice(Logger.Level.allCases.map { ($0.rawValue, $0) }) }
}
