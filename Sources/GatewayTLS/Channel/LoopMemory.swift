import NIOCore

/// The I/O buffers of one event loop, which all its connections use in turn.
final class LoopMemory {
    let scratch = TLSScratch()
    private var receiveBuffer = ByteBuffer()

    /// A buffer to read into, which nobody else holds.
    func takeReceiveBuffer() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &receiveBuffer)
        let isFree = taken.modifyIfUniquelyOwned { buffer in buffer.clear() } != nil
        return isFree && Self.isReceiveBuffer(taken)
            ? taken : ByteBufferAllocator().buffer(capacity: LoopReceiveAllocator.size)
    }

    /// It may still be held by the channel that has read into it; what counts is the next time.
    func giveBack(_ buffer: consuming ByteBuffer) {
        if Self.isReceiveBuffer(buffer) { receiveBuffer = buffer }
    }

    private static func isReceiveBuffer(_ buffer: borrowing ByteBuffer) -> Bool {
        buffer.storageCapacity == LoopReceiveAllocator.size
    }
}
