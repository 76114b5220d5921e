/// The memory into which one event loop's connections decrypt. One per event loop; not Sendable.
///
/// Connections own no I/O buffers: bytes stay here only while a reader looks at them.
public final class TLSScratch {
    let bytes: UnsafeMutableRawBufferPointer
    /// True while a reader looks at the bytes, so that a nested read does not overwrite them.
    var isLent = false

    /// The largest TLS record's plaintext (RFC 8446, section 5.1), and the smallest useful scratch.
    static let minimumSize = 16_384

    /// Allocates scratch memory of `size` bytes, at least 16,384. Several records are lent to a reader
    /// at once where they fit.
    public init(size: Int = 65_536) {
        bytes = .allocate(byteCount: max(size, Self.minimumSize), alignment: 64)
    }

    deinit { bytes.deallocate() }
}
