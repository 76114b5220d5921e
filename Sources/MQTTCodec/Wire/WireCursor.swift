/// Some bytes of a packet, by position.
struct WireSpan: BitwiseCopyable, Hashable {
    let start: Int
    let count: Int
}

/// Reads fields one after the other, checking each completely and never past `end`.
///
/// Only positions and numbers come out; nothing is copied and no memory is allocated. Positions are
/// indices of memory there is, and lengths at most 2^28, so that their sums need no overflow checks.
struct WireCursor<Trace: WireTrace> {
    let base: UnsafeRawPointer
    private(set) var position: Int
    let end: Int
    var trace: Trace

    /// - Precondition: all positions up to `end` can be read from `base`.
    @inline(__always)
    init(_ base: UnsafeRawPointer, position: Int, end: Int, trace: Trace) {
        self.base = base
        self.position = position
        self.end = end
        self.trace = trace
    }

    @inline(__always)
    var isAtEnd: Bool { position >= end }

    @inline(__always)
    private func require(_ count: Int) throws(WireFault) {
        if end &- position < count { throw WireFault(rule: .truncated, position: position) }
    }

    @inline(__always)
    mutating func byte(_ name: @autoclosure () -> String, _ form: FieldForm = .number) throws(WireFault)
        -> UInt8
    {
        if isAtEnd { throw WireFault(rule: .truncated, position: position) }
        let value = base.load(fromByteOffset: position, as: UInt8.self)
        trace.field(name(), form, start: position, count: 1)
        position &+= 1
        return value
    }

    @inline(__always)
    mutating func uint16(
        _ name: @autoclosure () -> String, _ form: FieldForm = .number
    ) throws(WireFault) -> UInt16 {
        try require(2)
        let value = UInt16(bigEndian: base.loadUnaligned(fromByteOffset: position, as: UInt16.self))
        trace.field(name(), form, start: position, count: 2)
        position &+= 2
        return value
    }

    @inline(__always)
    mutating func uint32(_ name: @autoclosure () -> String) throws(WireFault) -> UInt32 {
        try require(4)
        let value = UInt32(bigEndian: base.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        trace.field(name(), .number, start: position, count: 4)
        position &+= 4
        return value
    }

    @inline(__always)
    mutating func packetIdentifier() throws(WireFault) -> UInt16 {
        let start = position
        let value = try uint16("packet identifier")
        if value == 0 { throw WireFault(rule: .packetIdentifierZero, position: start) }
        return value
    }

    /// A variable byte integer in the body of an MQTT 5 packet (§1.5.5).
    @inline(__always)
    mutating func variableInteger(
        _ name: @autoclosure () -> String, _ form: FieldForm = .variableNumber
    ) throws(WireFault) -> UInt32 {
        if isAtEnd { throw WireFault(rule: .truncated, position: position) }
        let first = base.load(fromByteOffset: position, as: UInt8.self)
        if first < 0x80 {
            trace.field(name(), form, start: position, count: 1)
            position &+= 1
            return UInt32(first)
        }
        let start = position
        let (value, count) = try longVariableInteger()
        trace.field(name(), form, start: start, count: count)
        position &+= count
        return value
    }

    // It moves nothing, so that cursors may live in registers.
    @inline(never)
    private func longVariableInteger() throws(WireFault) -> (value: UInt32, count: Int) {
        switch VariableInteger.read(base, position: position, end: end) {
        case .complete(let value, let count, let isMinimal):
            guard isMinimal else { throw WireFault(rule: .variableIntegerNotMinimal, position: position) }
            return (value, count)
        case .incomplete: throw WireFault(rule: .truncated, position: position)
        case .tooLong: throw WireFault(rule: .variableIntegerTooLong, position: position)
        }
    }

    /// Two bytes of length, then as many bytes.
    @inline(__always)
    private mutating func lengthPrefixed() throws(WireFault) -> WireSpan {
        try require(2)
        let count = Int(UInt16(bigEndian: base.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
        if end &- position &- 2 < count { throw WireFault(rule: .truncated, position: position) }
        let span = WireSpan(start: position &+ 2, count: count)
        position &+= 2 &+ count
        return span
    }

    @inline(__always)
    mutating func string(_ name: @autoclosure () -> String) throws(WireFault) -> WireSpan {
        let span = try lengthPrefixed()
        trace.field(name(), .string, start: span.start &- 2, count: span.count &+ 2)
        let bytes = base + span.start
        if !UTF8Validation.isPlainString(bytes, count: span.count) {
            try UTF8Validation.check(bytes, count: span.count, position: span.start, content: .string)
        }
        return span
    }

    /// A topic name, which may be empty.
    @inline(__always)
    mutating func topicName(
        _ name: @autoclosure () -> String, wildcard: Rule
    ) throws(WireFault) -> WireSpan {
        let span = try lengthPrefixed()
        trace.field(name(), .string, start: span.start &- 2, count: span.count &+ 2)
        let bytes = base + span.start
        if !UTF8Validation.isPlainTopicName(bytes, count: span.count) {
            try UTF8Validation.check(
                bytes, count: span.count, position: span.start, content: .topicName(wildcard: wildcard))
        }
        return span
    }

    /// A topic name that may not be empty.
    @inline(__always)
    mutating func topicName(
        _ name: @autoclosure () -> String, empty: Rule, wildcard: Rule
    ) throws(WireFault) -> WireSpan {
        let span = try topicName(name(), wildcard: wildcard)
        if span.count == 0 { throw WireFault(rule: empty, position: span.start - 2) }
        return span
    }

    @inline(__always)
    mutating func data(
        _ name: @autoclosure () -> String, _ form: FieldForm = .data
    ) throws(WireFault) -> WireSpan {
        let span = try lengthPrefixed()
        trace.field(name(), form, start: span.start &- 2, count: span.count &+ 2)
        return span
    }

    /// All that is left.
    @inline(__always)
    mutating func rest(_ name: @autoclosure () -> String) -> WireSpan {
        let span = WireSpan(start: position, count: end &- position)
        trace.field(name(), .rest, start: span.start, count: span.count)
        position = end
        return span
    }

    @inline(__always)
    func finish() throws(WireFault) {
        if position < end { throw WireFault(rule: .trailingBytes, position: position) }
    }

    /// Passes over bytes that were read by other means.
    @inline(__always)
    mutating func skip(_ count: Int) { position &+= count }
}
