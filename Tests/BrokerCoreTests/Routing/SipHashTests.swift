import Testing

@testable import BrokerCore

@Suite struct SipHashTests {
    private func hash(_ hasher: SipHash, _ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBufferPointer { hasher.hash($0) }
    }

    // The two-word form is the byte form on sixteen little-endian bytes.
    @Test func wordsAndBytesAgree() {
        let hasher = SipHash(seed: 42)
        let bytes = (0..<16).map { UInt8($0 * 17) }
        var words: [UInt64] = [0, 0]
        for (index, byte) in bytes.enumerated() { words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8) }
        #expect(hasher.hash(words[0], words[1]) == hash(hasher, bytes))
    }

    @Test func seedLengthAndContentMatter() {
        var seen: Set<UInt64> = []
        for seed in UInt64(0)..<4 {
            for length in 0..<40 {
                seen.insert(hash(SipHash(seed: seed), Array(repeating: 0, count: length)))
                seen.insert(hash(SipHash(seed: seed), Array(repeating: 1, count: length + 1)))
            }
        }
        #expect(seen.count == 320)
    }
}
