import NIOCore
import Testing

@testable import DeviceGateway

@Suite("Operator lines")
struct OperatorLineBufferTests {
    private func lines(_ chunks: [String], limit: Int = 8) throws -> [String] {
        var buffer = OperatorLineBuffer(limit: limit)
        var lines: [String] = []
        for chunk in chunks {
            buffer.append(ByteBuffer(string: chunk))
            while let line = try buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        return lines
    }

    @Test("Lines come out whole, however the stream was cut")
    func anyCut() throws {
        let text = "one\ntwo\r\n\nthree\nrest"
        #expect(try lines([text]) == ["one", "two", "", "three"])
        #expect(try lines(text.map(String.init)) == ["one", "two", "", "three"])
    }

    @Test("A line as long as the limit passes, one byte more doesn't")
    func limit() throws {
        #expect(try lines(["12345678\n"]) == ["12345678"])
        #expect(throws: OperatorLineBuffer.Overflow(count: 9)) { try lines(["123456789\n"]) }
    }

    @Test("A line without an end is refused as soon as it is over the limit")
    func endless() {
        #expect(throws: OperatorLineBuffer.Overflow(count: 9)) { try lines(["12345678", "9"]) }
    }
}
