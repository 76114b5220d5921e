import NIOCore

/// The memory into which one event loop's connections decrypt. One per event loop; not Sendable.
///
/// Connections own no I/O buffers: bytes stay here only while a reader looks at them.
public final class TLSScratch {
    /// Plaintext, while a reader looks at it. A reader inside the module may keep it: the next read then takes
    /// another buffer.
    private(set) var plaintext: ByteBuffer
    /// True while a reader looks at the bytes, so that a nested read does not overwrite them.
    var isLent = false
    private let size: Int

    /// The largest TLS record's plaintext (RFC 8446, section 5.1), and the smallest useful scratch.
    static let minimumSize = 16_384

    /// Allocates scratch memory of `size` bytes, at least 16,384. Several records are lent to a reader
    /// at once where they fit.
    public init(size: Int = 65_536) {
        self.size = max(size, Self.minimumSize)
        plaintext = ByteBufferAllocator().buffer(capacity: self.size)
    }

    /// Fills the scratch from its start, with as many bytes as `fill` says it has written.
    func fill(_ fill: (UnsafeMutableRawBufferPointer) -> Int) {
        if plaintext.modifyIfUniquelyOwned({ $0.clear() }) == nil {
            plaintext = ByteBufferAllocator().buffer(capacity: size)
        }
        plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: size, fill)
    }
}
