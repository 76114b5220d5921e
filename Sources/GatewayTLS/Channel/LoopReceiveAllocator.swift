public import NIOCore

/// Lends a channel's reads the event loop's own receive buffer, so that a connection keeps next to none.
///
/// NIO leaves each channel the first buffer it was given. Here that one is small, and later reads take the
/// loop's, which whoever has used the bytes gives back (``giveBack(_:)``). A buffer that is kept instead is
/// replaced by a new one, at the cost of an allocation.
public struct LoopReceiveAllocator: RecvByteBufferAllocator {
    /// A ClientHello mostly fits.
    static let firstSize = 512
    /// Four records and more (RFC 8446, section 5.1).
    static let size = 65_536

    private var isFirst = true

    /// Makes a channel read this way; to be called on its event loop, before it has read anything.
    ///
    /// Leave `maxMessagesPerRead` and `recvAllocator` alone afterwards: with `n` messages at a time, NIO keeps
    /// `n` buffers for as long as the channel lives, all but the first of 64 KB, and reuses none.
    public static func install(on channel: any Channel) throws {
        // More reads at a time would mean more buffers that the channel keeps.
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        try channel.syncOptions?.setOption(.recvAllocator, value: LoopReceiveAllocator())
    }

    /// Returns a buffer after its bytes have been used, on the event loop of the channel that read it. Buffers
    /// of other origin are left alone.
    public static func giveBack(_ buffer: consuming ByteBuffer) { LoopLocal.memory.giveBack(buffer) }

    /// The buffer of the next read.
    public func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        isFirst ? allocator.buffer(capacity: Self.firstSize) : LoopLocal.memory.takeReceiveBuffer()
    }

    /// None, or NIO would go on with the buffer it has.
    public func nextBufferSize() -> Int? { nil }

    /// - Returns: that the next buffer is another.
    public mutating func record(actualReadBytes: Int) -> Bool {
        isFirst = false
        return true
    }
}
