/// The variable byte integer (MQTT 5 §1.5.5; the remaining length of MQTT 3.1.1 §2.2.3): seven bits a
/// byte, lowest first, at most four bytes.
enum VariableInteger {
    static let maximum: UInt32 = 268_435_455

    enum Outcome: BitwiseCopyable, Equatable {
        /// `isMinimal`: no shorter encoding exists.
        case complete(value: UInt32, count: Int, isMinimal: Bool)
        case incomplete
        case tooLong
    }

    @inline(__always)
    static func read(_ base: UnsafeRawPointer, position: Int, end: Int) -> Outcome {
        var value: UInt32 = 0
        var count = 0
        while position &+ count < end {
            let byte = base.load(fromByteOffset: position &+ count, as: UInt8.self)
            value |= UInt32(byte & 0x7F) &<< UInt32(truncatingIfNeeded: 7 &* count)
            count += 1
            if byte < 0x80 {
                return .complete(value: value, count: count, isMinimal: byte != 0 || count == 1)
            }
            if count == 4 { return .tooLong }
        }
        return .incomplete
    }

    /// Bytes the encoding of `value` takes, `value` being at most ``maximum``.
    @inline(__always)
    static func size(_ value: Int) -> Int {
        value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
    }
}
