/// Where the passphrase of an encrypted key comes from.
///
/// It is asked for only when something turns out to be encrypted, once for each credential that is read,
/// and wiped from memory as soon as that has been decrypted. Nothing is ever asked on a terminal.
public struct TLSPassphrase: Sendable {
    /// The longest passphrase, in bytes.
    public static let maximumLength = 1_024

    /// Fills the buffer and returns how many bytes it wrote; nil: there is none.
    typealias Filler = @Sendable (UnsafeMutableRawBufferPointer) throws(TLSError) -> Int?

    let fill: Filler
    /// Completes "the passphrase …" in messages.
    let origin: String

    private init(origin: String, fill: @escaping Filler) {
        self.origin = origin
        self.fill = fill
    }

    /// A passphrase written into a buffer of ``maximumLength`` bytes, which is wiped afterwards.
    ///
    /// - Parameter fill: writes the passphrase's bytes and returns how many there are; nil when there is
    ///   none. An error it throws becomes the error of reading the credential.
    public init(_ fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) throws(TLSError) -> Int?) {
        self.init(origin: "given", fill: fill)
    }

    /// A passphrase known as text. Swift does not wipe strings: prefer one of the others for secrets that
    /// must not stay in memory.
    public static func text(_ text: String) -> TLSPassphrase {
        TLSPassphrase(origin: "given") { (buffer) throws(TLSError) in
            try copy(Array(text.utf8), into: buffer, from: "given")
        }
    }

    /// The first line of a file, read anew each time it is asked for. The file may be no larger than 4 KiB.
    public static func file(_ path: String) -> TLSPassphrase {
        let origin = "in \"\(path)\""
        return TLSPassphrase(origin: origin) { (buffer) throws(TLSError) in
            try withFileContents(path, "passphrase", limit: 4_096) { bytes throws(TLSError) in
                let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
                return try copy(line, into: buffer, from: origin)
            }
        }
    }

    private static func copy(
        _ bytes: some Collection<UInt8>, into buffer: UnsafeMutableRawBufferPointer, from origin: String
    ) throws(TLSError) -> Int? {
        guard bytes.count <= buffer.count else {
            throw TLSError(
                code: .unreadableCredential, sideAtFault: .local,
                message: "the passphrase \(origin) is longer than \(buffer.count) bytes")
        }
        buffer.copyBytes(from: bytes)
        return bytes.count
    }
}

extension TLSPassphrase: CustomStringConvertible, CustomReflectable {
    /// Where it comes from; never what it is.
    public var description: String { "passphrase \(origin)" }

    /// No children, so that dumping a configuration shows nothing of it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
