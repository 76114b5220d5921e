import NIOCore

/// The I/O buffers of one event loop, which all its connections use in turn.
final class LoopMemory {
    let scratch = TLSScratch()
    private var receiveBuffer = ByteBuffer()
    /// Where the buffer lies that was lent last: a channel with an allocator of its own reads into ones like it,
    /// and could not go on with them if they were held here.
    private var lent: UnsafeRawPointer?

    /// A buffer to read into, which nobody else holds.
    func takeReceiveBuffer() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &receiveBuffer)
        let isFree = taken.modifyIfUniquelyOwned { buffer in buffer.clear() } != nil
        if !isFree || taken.storageCapacity != LoopReceiveAllocator.size {
            taken = ByteBufferAllocator().buffer(capacity: LoopReceiveAllocator.size)
        }
        lent = Self.start(of: taken)
        return taken
    }

    /// It may still be held by the channel that has read into it; what counts is the next time.
    func giveBack(_ buffer: consuming ByteBuffer) {
        if Self.start(of: buffer) == lent { receiveBuffer = buffer }
    }

    private static func start(of buffer: borrowing ByteBuffer) -> UnsafeRawPointer? {
        buffer.withVeryUnsafeBytes { $0.baseAddress }
    }
}
