/// What the bytes of one packet say, field by field; for a bad packet, up to the byte that is wrong and
/// the rule it breaks. Made by the decoder's own parser.
///
/// Passwords and authentication data are not shown.
public struct MQTTPacketExplanation: Hashable, Sendable {
    /// One field.
    public struct Field: Hashable, Sendable {
        /// What it is, "topic name".
        public let name: String
        /// Offset of its first byte.
        public let offset: Int
        /// Its bytes, length prefix included; empty if they are secret.
        public let bytes: [UInt8]
        /// Its value in words.
        public let value: String
    }

    /// The packet's type, if its first byte names one.
    public let type: MQTTPacketType?
    /// The version it was read in.
    public let version: MQTTVersion
    /// Whether ``version`` is a guess, neither given nor in the packet.
    public let isVersionAssumed: Bool
    /// The fields read.
    public let fields: [Field]
    /// The packet, if it is good.
    public let packet: MQTTPacket?
    /// What is wrong, if it is bad. A packet that isn't all there has ``missingByteCount`` and no fault.
    public let fault: MQTTFault?
    /// Bytes the packet still lacks; at least.
    public let missingByteCount: Int
    /// Bytes after the packet.
    public let followingByteCount: Int
    /// The byte the fault points at.
    private let faultyByte: UInt8?

    /// Explains the packet at the start of `bytes`.
    ///
    /// - Parameters:
    ///   - version: nil: read as MQTT 5 and, if that fails, as MQTT 3.1.1. A CONNECT says it itself.
    ///   - role: the side that receives it; nil: either.
    public init(_ bytes: [UInt8], version: MQTTVersion? = nil, role: MQTTRole? = nil) {
        if let version {
            self.init(bytes, version: version, role: role, isVersionAssumed: false)
            return
        }
        let explanation = MQTTPacketExplanation(bytes, version: .v5, role: role, isVersionAssumed: true)
        if explanation.fault != nil {
            let older = MQTTPacketExplanation(bytes, version: .v3_1_1, role: role, isVersionAssumed: true)
            self = older.fault == nil ? older : explanation
        } else {
            self = explanation
        }
    }

    private init(_ bytes: [UInt8], version: MQTTVersion, role: MQTTRole?, isVersionAssumed: Bool) {
        var version = version
        var isVersionAssumed = isVersionAssumed
        var outcome = Outcome()
        bytes.withUnsafeBytes { memory in
            outcome = Self.parse(memory, version: version, role: role)
        }
        if outcome.type == .connect {
            // A CONNECT that got as far as its version has settled the matter.
            let level = outcome.records.first { $0.form == .protocolVersion }
            if let level { version = MQTTVersion(rawValue: bytes[level.span.start]) ?? version }
            isVersionAssumed = false
        }
        type = outcome.type
        self.version = version
        self.isVersionAssumed = isVersionAssumed
        packet = outcome.packet
        fault = outcome.fault.map { MQTTFault($0, packetStart: 0, version: version) }
        faultyByte = outcome.fault.flatMap { bytes.indices.contains($0.position) ? bytes[$0.position] : nil }
        missingByteCount = outcome.missing
        followingByteCount = outcome.following
        fields = outcome.records.map { record in
            let span = record.span
            let slice = Array(bytes[span.start..<span.start + span.count])
            return Field(
                name: record.name, offset: span.start, bytes: record.form == .secret ? [] : slice,
                value: record.form.text(of: slice, version: version))
        }
    }

    private struct Outcome {
        var type: MQTTPacketType?
        var records: [FieldTrace.Record] = []
        var packet: MQTTPacket?
        var fault: WireFault?
        var missing = 0
        var following = 0
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, version: MQTTVersion, role: MQTTRole?)
        -> Outcome
    {
        var outcome = Outcome()
        guard let base = bytes.baseAddress, let first = bytes.first else {
            outcome.missing = 2
            return outcome
        }
        outcome.type = MQTTPacketType(rawValue: first >> 4)
        var cursor = WireCursor(base, position: 0, end: bytes.count, trace: FieldTrace())
        do throws(WireFault) {
            let rules = FixedHeaderRules(
                // Both directions of a CONNECT are settled by its type alone.
                role: outcome.type == .connect && role == .server ? nil : role,
                version: outcome.type == .connect ? nil : version, awaitsConnect: false,
                maximumPacketSize: MQTTLimits.largestPacket)
            if let header = try cursor.fixedHeader(rules) {
                outcome.missing = max(0, header.bodyEnd - bytes.count)
                outcome.following = max(0, bytes.count - header.bodyEnd)
                cursor = WireCursor(
                    base, position: cursor.position, end: min(header.bodyEnd, bytes.count),
                    trace: cursor.trace)
                let offsets = try cursor.body(header, version: version, role: role)
                if outcome.missing == 0 {
                    outcome.packet = try PacketBuilder(bytes: bytes, source: nil).packet(
                        offsets, version: version)
                }
            } else {
                outcome.missing = 1
            }
        } catch {
            // Bytes that are still to come are no fault.
            if error.rule != .truncated || outcome.missing == 0 { outcome.fault = error }
        }
        outcome.records = cursor.trace.records
        return outcome
    }
}

extension MQTTPacketExplanation: CustomStringConvertible {
    /// A table of offset, bytes, field and value, ended by the packet in one line, by what is wrong
    /// with it, or by what is missing.
    public var description: String {
        var lines = [heading]
        let rows = fields.map { field in
            (String(field.offset), Self.hexadecimal(field.bytes), field.name, field.value)
        }
        let widths = (
            rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0, rows.map(\.2.count).max() ?? 0
        )
        for (offset, bytes, name, value) in rows {
            lines.append(
                "  " + Self.pad(offset, to: widths.0, right: true) + "  " + Self.pad(bytes, to: widths.1)
                    + "  "
                    + Self.pad(name, to: widths.2) + "  " + value)
        }
        if let fault {
            let byte = faultyByte.map { ", " + MQTTCodec.hexadecimal($0) } ?? ", the end"
            lines.append("fault at byte \(fault.offset)\(byte): \(fault.detail)")
            lines.append("rule \(fault.statement); reason code \(fault.reasonCode)")
        } else if missingByteCount > 0 {
            let atLeast = fields.count < 2 ? "at least " : ""
            lines.append("incomplete: \(atLeast)\(Self.bytes(missingByteCount)) missing")
        } else if let packet {
            lines.append(packet.description)
        }
        if followingByteCount > 0 { lines.append("\(Self.bytes(followingByteCount)) after the packet") }
        return lines.joined(separator: "\n")
    }

    private var heading: String {
        let name = type?.description ?? "no packet"
        return name + ", read as MQTT \(version)" + (isVersionAssumed ? " (assumed)" : "")
    }

    private static func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(8).map { byte in
            (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }
        return shown.joined(separator: " ") + (bytes.count > 8 ? " …" : "")
    }

    private static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return right ? space + text : text + space
    }
}

extension FieldForm {
    /// A field's value in words.
    fileprivate func text(of bytes: [UInt8], version: MQTTVersion) -> String {
        let first = bytes.first ?? 0
        switch self {
        case .packetType: return Self.packetType(first)
        case .length: return "\(Self.variableInteger(bytes)) bytes"
        case .number, .protocolVersion: return String(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        case .variableNumber: return String(Self.variableInteger(bytes))
        case .flags: return Self.binary(first)
        case .reasonCode: return "\(MQTTReasonCode(rawValue: first))"
        case .returnCode: return MQTTConnectReturnCode(rawValue: first).map { "\($0)" } ?? "reserved"
        case .subscriptionOptions: return Self.options(SubscriptionOptions(rawValue: first), version)
        case .propertyIdentifier: return PropertyID(rawValue: first).name
        case .string: return escaped(String(decoding: bytes.dropFirst(2), as: UTF8.self))
        case .data: return "\(max(0, bytes.count - 2)) bytes"
        case .rest: return "\(bytes.count) bytes"
        case .secret: return "\(max(0, bytes.count - 2)) bytes, not shown"
        }
    }

    private static func packetType(_ byte: UInt8) -> String {
        guard let type = MQTTPacketType(rawValue: byte >> 4) else { return "reserved" }
        guard type == .publish else { return type.description }
        let words = [
            type.description, byte & 0b1000 != 0 ? "DUP" : nil, "QoS \(byte >> 1 & 0b11)",
            byte & 1 != 0 ? "RETAIN" : nil,
        ]
        return words.compactMap { $0 }.joined(separator: ", ")
    }

    private static func variableInteger(_ bytes: [UInt8]) -> Int {
        bytes.reversed().reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    }

    private static func binary(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 2)
        return "0b" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func options(_ options: SubscriptionOptions, _ version: MQTTVersion) -> String {
        var words = ["QoS \(options.rawValue & 0b11)"]
        guard version == .v5 else { return words[0] }
        if options.noLocal { words.append("No Local") }
        if options.retainAsPublished { words.append("Retain As Published") }
        words.append("Retain Handling \(options.rawValue >> 4 & 0b11)")
        return words.joined(separator: ", ")
    }
}
