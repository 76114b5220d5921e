import NIOCore

/// Plaintext that waits to be flushed, or for the end of the handshake.
struct PendingWrites {
    /// The most plaintext in one record (RFC 8446, section 5.1).
    static let recordSize = 16_384

    private typealias Write = (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)
    private var writes = MarkedCircularBuffer<Write>(initialCapacity: 2)
    private(set) var byteCount = 0

    var hasMark: Bool { writes.hasMark }
    var isEmpty: Bool { writes.isEmpty }

    mutating func append(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        byteCount += bytes.readableBytes
        writes.append((bytes, promise))
    }

    /// What is there now has been flushed.
    mutating func mark() { writes.mark() }

    /// The next flushed write, together with those after it that fit into one record with it.
    mutating func popMarked(_ promises: inout [EventLoopPromise<Void>]) -> ByteBuffer? {
        guard writes.hasMark, var bytes = pop(&promises) else { return nil }
        while writes.hasMark, let next = writes.first,
            bytes.readableBytes + next.bytes.readableBytes <= Self.recordSize
        {
            if let next = pop(&promises) { bytes.writeImmutableBuffer(next) }
        }
        return bytes
    }

    /// The next write, whose promise is to be failed.
    mutating func popFailed() -> EventLoopPromise<Void>?? {
        guard let write = writes.popFirst() else { return nil }
        byteCount -= write.bytes.readableBytes
        return .some(write.promise)
    }

    private mutating func pop(_ promises: inout [EventLoopPromise<Void>]) -> ByteBuffer? {
        guard let write = writes.popFirst() else { return nil }
        byteCount -= write.bytes.readableBytes
        if let promise = write.promise { promises.append(promise) }
        return write.bytes
    }
}
