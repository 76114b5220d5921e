import NIOCore

/// Plaintext that waits to be flushed, or for the end of the handshake.
struct PendingWrites {
    /// The most plaintext in one record (RFC 8446, section 5.1).
    static let recordSize = 16_384

    private typealias Write = (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)
    /// Mostly there is one: it takes no memory of its own.
    private var first: Write?
    private var isFirstMarked = false
    private var others: MarkedCircularBuffer<Write>?
    private(set) var byteCount = 0

    var hasMark: Bool { isFirstMarked || others?.hasMark == true }
    var isEmpty: Bool { first == nil && others?.isEmpty != false }

    mutating func append(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        byteCount += bytes.readableBytes
        if isEmpty {
            first = (bytes, promise)
        } else {
            if others == nil { others = MarkedCircularBuffer(initialCapacity: 4) }
            others?.append((bytes, promise))
        }
    }

    /// What is there now has been flushed.
    mutating func mark() {
        isFirstMarked = first != nil
        others?.mark()
    }

    /// The next flushed write, together with those after it that fit into one record with it.
    mutating func popMarked(_ promises: inout [EventLoopPromise<Void>]) -> ByteBuffer? {
        guard hasMark, var bytes = pop(&promises) else { return nil }
        while hasMark, let next = others?.first,
            bytes.readableBytes + next.bytes.readableBytes <= Self.recordSize
        {
            if let next = pop(&promises) { bytes.writeImmutableBuffer(next) }
        }
        return bytes
    }

    /// The next write, whose promise is to be failed.
    mutating func popFailed() -> EventLoopPromise<Void>?? {
        guard let write = popFirst() else { return nil }
        return .some(write.promise)
    }

    private mutating func pop(_ promises: inout [EventLoopPromise<Void>]) -> ByteBuffer? {
        guard let write = popFirst() else { return nil }
        if let promise = write.promise { promises.append(promise) }
        return write.bytes
    }

    private mutating func popFirst() -> Write? {
        guard let write = first ?? others?.popFirst() else { return nil }
        first = nil
        isFirstMarked = false
        byteCount -= write.bytes.readableBytes
        return write
    }
}
