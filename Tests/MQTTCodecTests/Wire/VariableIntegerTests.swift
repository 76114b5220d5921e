import Testing

@testable import MQTTCodec

@Suite struct VariableIntegerTests {
    private func read(_ bytes: [UInt8]) -> VariableInteger.Outcome {
        bytes.withUnsafeBytes { memory in
            guard let base = memory.baseAddress else { return .incomplete }
            return VariableInteger.read(base, position: 0, end: memory.count)
        }
    }

    /// The limits of table 1-1 of §1.5.5.
    @Test(
        arguments: [
            (0, [0x00]), (127, [0x7F]), (128, [0x80, 0x01]), (16_383, [0xFF, 0x7F]),
            (16_384, [0x80, 0x80, 0x01]),
            (2_097_151, [0xFF, 0xFF, 0x7F]), (2_097_152, [0x80, 0x80, 0x80, 0x01]),
            (268_435_455, [0xFF, 0xFF, 0xFF, 0x7F]),
        ] as [(UInt32, [UInt8])])
    func `The edges of each length`(value: UInt32, bytes: [UInt8]) {
        #expect(read(bytes) == .complete(value: value, count: bytes.count, isMinimal: true))
        #expect(VariableInteger.size(Int(value)) == bytes.count)
        for count in 0..<bytes.count { #expect(read(Array(bytes.prefix(count))) == .incomplete) }
    }

    @Test func `Longer than needed, and longer than allowed`() {
        #expect(read([0x80, 0x00]) == .complete(value: 0, count: 2, isMinimal: false))
        #expect(read([0xFF, 0x80, 0x80, 0x00]) == .complete(value: 127, count: 4, isMinimal: false))
        #expect(read([0x80, 0x80, 0x80, 0x80]) == .tooLong)
        #expect(read([0xFF, 0xFF, 0xFF, 0xFF, 0x7F]) == .tooLong)
    }
}
