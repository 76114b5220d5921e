#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Lines of a descriptor as they arrive, each at most so many bytes long.
struct InputLines {
    enum Line: Equatable {
        case bytes([UInt8])
        /// Longer than the limit; it was read to its end and dropped.
        case tooLong
    }

    private let descriptor: Int32
    private let limit: Int
    private var chunk: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// The next line without its newline; nil at the end. A last line needs no newline.
    mutating func next() -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        var hasAny = false
        while true {
            if position == chunk.count {
                guard !isAtEnd, fill() else {
                    guard hasAny else { return nil }
                    return isTooLong ? .tooLong : .bytes(line)
                }
            }
            hasAny = true
            let end = chunk[position...].firstIndex(of: 0x0a)
            let part = chunk[position..<(end ?? chunk.count)]
            if !isTooLong {
                if line.count + part.count > limit {
                    isTooLong = true
                    line = []
                } else {
                    line += part
                }
            }
            position = end.map { $0 + 1 } ?? chunk.count
            if end != nil { return isTooLong ? .tooLong : .bytes(line) }
        }
    }

    private mutating func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                isAtEnd = true
                return false
            }
            chunk = Array(buffer.prefix(count))
            position = 0
            return true
        }
    }
}
