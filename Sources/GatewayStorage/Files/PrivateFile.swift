import Foundation

/// Files that only their owner may read.
enum PrivateFile {
    /// Makes sure that a regular file exists and can be read and written. A new one gets mode 0600, which
    /// SQLite copies to the files it puts beside it (`-wal`, `-shm`, `-journal`).
    static func create(_ path: String) throws(SQLiteStoreError) {
        var descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0, errno == EEXIST {
            descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else { throw failure(errno, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SQLiteStoreError(
                .cannotOpen, file: path, "\(path) is not a regular file; name another file")
        }
    }

    private static func failure(_ number: Int32, _ path: String) -> SQLiteStoreError {
        let reason = String(cString: strerror(number))
        switch number {
        case EACCES, EPERM, EROFS:
            return SQLiteStoreError(
                .notWritable, file: path,
                "\(path) cannot be written (\(reason)); give this user write permission for the file and its "
                    + "directory, or name another file")
        case ENOENT, ENOTDIR:
            return SQLiteStoreError(
                .cannotOpen, file: path,
                "\(path) cannot be created (\(reason)); create its directory first, or name another file")
        case EISDIR:
            return SQLiteStoreError(
                .cannotOpen, file: path, "\(path) is a directory; name a file, in it for example")
        case ENOSPC, EDQUOT:
            return SQLiteStoreError(
                .diskFull, file: path, "the disk that would hold \(path) is full; free space and try again")
        default:
            return SQLiteStoreError(
                .cannotOpen, file: path, "\(path) cannot be opened (\(reason)); name another file")
        }
    }
}
