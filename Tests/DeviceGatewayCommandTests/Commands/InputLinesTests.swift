import Foundation
import Testing

@testable import device_gateway

@Suite("Lines of input")
struct InputLinesTests {
    private func lines(_ text: String, limit: Int) throws -> [InputLines.Line] {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forReadingFrom: file)
        var reader = InputLines(descriptor: handle.fileDescriptor, limit: limit)
        var lines: [InputLines.Line] = []
        while let line = reader.next() { lines.append(line) }
        try handle.close()
        return lines
    }

    @Test("each line, the last with or without a newline, empty ones too")
    func splits() throws {
        #expect(try lines("", limit: 10) == [])
        #expect(try lines("a\n\nb", limit: 10) == [.bytes([0x61]), .bytes([]), .bytes([0x62])])
        #expect(try lines("a\n", limit: 10) == [.bytes([0x61])])
        let long = String(repeating: "x", count: 200_000)
        #expect(try lines(long + "\ny", limit: 200_000) == [.bytes(Array(long.utf8)), .bytes([0x79])])
    }

    @Test("a line over the limit is dropped, and the next is read")
    func limits() throws {
        let long = String(repeating: "x", count: 200_001)
        #expect(try lines(long + "\ny\n" + long, limit: 200_000) == [.tooLong, .bytes([0x79]), .tooLong])
    }
}
