/// Told about every field the parser reads, so that an explanation comes from the one parser there is.
protocol WireTrace {
    /// The field's bytes are the `count` bytes at `start`.
    mutating func field(_ name: @autoclosure () -> String, _ form: FieldForm, start: Int, count: Int)
}

/// How a field's bytes are to be read.
enum FieldForm: Hashable, Sendable {
    case packetType
    /// A variable byte integer that counts bytes.
    case length
    /// Big endian.
    case number
    /// A variable byte integer.
    case variableNumber
    case protocolVersion
    case flags
    case reasonCode
    case returnCode
    case subscriptionOptions
    case propertyIdentifier
    case string
    /// Binary data with its length.
    case data
    /// Bytes without a length.
    case rest
    /// Binary data that is never shown.
    case secret
}

/// The trace of everyday decoding: none, and nothing left of it after optimisation.
struct NoTrace: WireTrace {
    @inline(__always)
    func field(_ name: @autoclosure () -> String, _ form: FieldForm, start: Int, count: Int) {}
}
