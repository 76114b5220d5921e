/// SipHash-1-3 of topic levels, keyed by the owner's seed.
///
/// Topic levels are chosen by peers, so an unkeyed hash would let one of them build a trie whose every
/// lookup collides. SipHash is the function Swift's own `Hasher` uses; `Hasher` cannot be given a seed, and
/// tests need reproducible layouts.
struct SipHash {
    private let key0: UInt64
    private let key1: UInt64

    init(seed: UInt64) {
        // splitmix64, so that close seeds give unrelated keys.
        func mixed(_ value: UInt64) -> UInt64 {
            var z = value
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        key0 = mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
        key1 = mixed(seed &+ 0x3C6E_F372_FE94_F82A)
    }

    /// The hash of two words.
    @inline(__always)
    func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var state = State(key0, key1)
        state.compress(first)
        state.compress(second)
        return state.finish(byteCount: 16)
    }

    /// The hash of any number of bytes.
    func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = State(key0, key1)
        var word: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            word |= UInt64(byte) << UInt64((index & 7) * 8)
            if index & 7 == 7 {
                state.compress(word)
                word = 0
            }
        }
        if bytes.count & 7 != 0 { state.compress(word) }
        return state.finish(byteCount: UInt64(bytes.count))
    }

    private struct State {
        var v0, v1, v2, v3: UInt64

        @inline(__always)
        init(_ key0: UInt64, _ key1: UInt64) {
            v0 = key0 ^ 0x736f_6d65_7073_6575
            v1 = key1 ^ 0x646f_7261_6e64_6f6d
            v2 = key0 ^ 0x6c79_6765_6e65_7261
            v3 = key1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func compress(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }

        @inline(__always)
        mutating func finish(byteCount: UInt64) -> UInt64 {
            compress(byteCount << 56)
            v2 ^= 0xFF
            round()
            round()
            round()
            return v0 ^ v1 ^ v2 ^ v3
        }

        @inline(__always)
        private mutating func round() {
            v0 &+= v1
            v1 = (v1 << 13 | v1 >> 51) ^ v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = (v3 << 16 | v3 >> 48) ^ v2
            v0 &+= v3
            v3 = (v3 << 21 | v3 >> 43) ^ v0
            v2 &+= v1
            v1 = (v1 << 17 | v1 >> 47) ^ v2
            v2 = v2 << 32 | v2 >> 32
        }
    }
}
