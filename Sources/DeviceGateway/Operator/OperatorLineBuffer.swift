import NIOCore

/// Cuts a byte stream into lines and refuses to hold more than one line's limit.
struct OperatorLineBuffer {
    private var pending = ByteBuffer()
    /// How much of `pending` is known to hold no newline, so that no byte is looked at twice.
    private var searched = 0
    private let limit: Int

    /// - Parameter limit: bytes in a line, without its newline.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ bytes: ByteBuffer) {
        pending.writeImmutableBuffer(bytes)
    }

    /// The next whole line without its newline; nil when more bytes are needed.
    ///
    /// - Throws: The number of bytes seen, when the line is over the limit.
    mutating func next() throws(Overflow) -> [UInt8]? {
        let unsearched = pending.readableBytesView.dropFirst(searched)
        guard let newline = unsearched.firstIndex(of: UInt8(ascii: "\n")) else {
            searched = pending.readableBytes
            if searched > limit { throw Overflow(count: searched) }
            return nil
        }
        let count = newline - pending.readerIndex
        searched = 0
        if count > limit { throw Overflow(count: count) }
        var line = pending.readBytes(length: count) ?? []
        pending.moveReaderIndex(forwardBy: 1)
        pending.discardReadBytes()
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    /// A line is longer than the limit.
    struct Overflow: Error, Equatable {
        let count: Int
    }
}
