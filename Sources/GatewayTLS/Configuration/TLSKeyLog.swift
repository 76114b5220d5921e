/// A file into which the secrets of connections are written, for Wireshark and the like.
///
/// Whoever can read the file can read the connections. There is no other way to make one than
/// ``dangerouslyLogKeys(to:)``, so that a search for it finds every use.
public struct TLSKeyLog: Sendable {
    /// Where the file is.
    public let path: String
    let storage: KeyLogStorage

    /// Opens a file, or makes one that only this process's user may read, and appends to it in the NSS key
    /// log format (SSLKEYLOGFILE): one line for each secret, written as connections need them, on their
    /// event loops.
    ///
    /// - Throws: ``TLSError`` with `.invalidConfiguration` when the path is a symbolic link or no regular
    ///   file, or the file belongs to another user, can be read or written by others, or has a second name.
    public static func dangerouslyLogKeys(to path: String) throws(TLSError) -> TLSKeyLog {
        guard !path.utf8.contains(0) else { throw .configuration("a path must not contain NUL") }
        return TLSKeyLog(path: path, storage: try KeyLogStorage(path: path))
    }
}
