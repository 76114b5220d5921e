import Testing

@testable import MQTTCodec

/// Against the standard library's own validation.
@Suite struct UTF8ValidationTests {
    private func isAccepted(_ bytes: [UInt8], topicName: Bool = false) -> Bool {
        bytes.withUnsafeBytes { memory in
            guard let base = memory.baseAddress else { return true }
            let isPlain = isPlain(base, memory.count, topicName: topicName)
            let content: UTF8Validation.Content =
                topicName ? .topicName(wildcard: .topicNameWildcard) : .string
            let isGood: Bool
            do throws(WireFault) {
                try UTF8Validation.check(base, count: memory.count, position: 0, content: content)
                isGood = true
            } catch {
                isGood = false
            }
            // The quick look may doubt what is good, but must not pass what is bad.
            #expect(isGood || !isPlain)
            return isGood
        }
    }

    private func isPlain(_ base: UnsafeRawPointer, _ count: Int, topicName: Bool) -> Bool {
        topicName
            ? UTF8Validation.isPlainTopicName(base, count: count)
            : UTF8Validation.isPlainString(base, count: count)
    }

    private func expected(_ bytes: [UInt8], topicName: Bool = false) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
            && !(topicName && bytes.contains { $0 == 0x2B || $0 == 0x23 })
    }

    @Test func `Every sequence of one, two and three bytes`() {
        var count = 0
        for first in UInt8.min...UInt8.max {
            #expect(isAccepted([first]) == expected([first]))
            for second in UInt8.min...UInt8.max {
                if isAccepted([first, second]) != expected([first, second]) { count += 1 }
            }
        }
        // Three and four bytes: all leads, the edges of all continuations.
        let edges: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for first in UInt8(0xC0)...UInt8.max {
            for second in edges {
                for third in edges {
                    if isAccepted([first, second, third]) != expected([first, second, third]) { count += 1 }
                    for fourth in edges {
                        let bytes = [first, second, third, fourth]
                        if isAccepted(bytes) != expected(bytes) { count += 1 }
                    }
                }
            }
        }
        #expect(count == 0)
    }

    @Test func `One odd byte anywhere in plain text of any length is seen`() {
        for topicName in [false, true] {
            for length in 1...40 {
                for index in 0..<length {
                    for odd: UInt8 in [0x00, 0x01, 0x22, 0x23, 0x24, 0x2A, 0x2B, 0x2C, 0x7F, 0x80, 0xFF] {
                        var bytes = [UInt8](repeating: 0x61, count: length)
                        bytes[index] = odd
                        #expect(
                            isAccepted(bytes, topicName: topicName) == expected(bytes, topicName: topicName))
                    }
                }
            }
        }
    }

    @Test func `Plain text takes the quick way`() {
        for length in 0...40 {
            let bytes = [UInt8](repeating: 0x61, count: length) + [0x7F]
            bytes.withUnsafeBytes { memory in
                guard let base = memory.baseAddress else { return }
                #expect(isPlain(base, memory.count, topicName: true))
                #expect(isPlain(base, memory.count, topicName: false))
            }
        }
    }
}
