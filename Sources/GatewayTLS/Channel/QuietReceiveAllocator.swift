import NIOCore

/// Sizes a channel's receive buffer for devices that are mostly idle.
///
/// NIO leaves each channel the buffer it last read into. This one starts at half of NIO's usual size, and does
/// not grow because a client's second flight happens to fill it, but when reads fill it twice in a row.
struct QuietReceiveAllocator: RecvByteBufferAllocator {
    static let initialSize = 1024
    static let maximumSize = 65_536

    private var size = Self.initialSize
    private var wasFilled = false

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: size) }

    func nextBufferSize() -> Int? { size }

    mutating func record(actualReadBytes: Int) -> Bool {
        let isFilled = actualReadBytes >= size
        defer { wasFilled = isFilled }
        guard isFilled, wasFilled, size < Self.maximumSize else { return false }
        size *= 2
        return true
    }
}
