import GRDB

/// Why a SQLite store could not be opened, read or written. The message names the file and says what to do.
public struct SQLiteStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Kinds of failure. More may come.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Stable name in kebab case.
        public let rawValue: String

        /// Wraps a name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The file, or the directory it would be in, cannot be opened.
        public static let cannotOpen = Code(rawValue: "cannot-open")
        /// The file can be read but not written.
        public static let notWritable = Code(rawValue: "not-writable")
        /// The file is no SQLite database.
        public static let notADatabase = Code(rawValue: "not-a-database")
        /// The file is a SQLite database of something else.
        public static let foreignDatabase = Code(rawValue: "foreign-database")
        /// The file was written by a newer version.
        public static let newerSchema = Code(rawValue: "newer-schema")
        /// Another process has the file open.
        public static let inUse = Code(rawValue: "in-use")
        /// The store has been closed.
        public static let closed = Code(rawValue: "closed")
        /// The file is damaged, or holds what this version did not write.
        public static let corrupt = Code(rawValue: "corrupt")
        /// The disk is full.
        public static let diskFull = Code(rawValue: "disk-full")
        /// The disk or its driver failed.
        public static let inputOutput = Code(rawValue: "input-output")
        /// A change refers to what does not exist, or removes what is referred to.
        public static let refused = Code(rawValue: "refused")
        /// Another failure that SQLite reports.
        public static let other = Code(rawValue: "other")
    }

    /// What kind of failure.
    public var code: Code
    /// The database file, as it was named.
    public var file: String
    /// What happened to which file, and what to do.
    public var message: String

    /// Creates an error.
    public init(_ code: Code, file: String, _ message: String) {
        self.code = code
        self.file = file
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension SQLiteStoreError {
    /// What SQLite reported, in the terms of whoever looks after the file.
    init(_ error: DatabaseError, file: String) {
        let reason =
            "SQLite: \(error.message ?? "no reason given"), code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB:
            self = .notADatabase(file)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .inUse, file: file,
                "\(file) is in use by another process; stop the gateway or tool that has it open, or name "
                    + "another file")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .notWritable, file: file,
                "\(file) cannot be written (\(reason)); give this user write permission for the file and its "
                    + "directory")
        case .SQLITE_CANTOPEN:
            self.init(
                .cannotOpen, file: file,
                "\(file) cannot be opened (\(reason)); check that it is a file and that this user may write "
                    + "its directory")
        case .SQLITE_FULL:
            self.init(
                .diskFull, file: file, "the disk that holds \(file) is full; free space and try again")
        case .SQLITE_IOERR:
            self.init(
                .inputOutput, file: file,
                "reading or writing \(file) failed (\(reason)); check the disk, then restart")
        case .SQLITE_CORRUPT:
            self.init(.corrupt, file: file, "\(file) is damaged (\(reason)); restore a backup")
        case .SQLITE_CONSTRAINT:
            self.init(
                .refused, file: file,
                "\(file) refused a change that contradicts what it holds (\(reason)); no other program may "
                    + "write this file")
        default:
            self.init(.other, file: file, "\(file) failed (\(reason)); see SQLite's result codes")
        }
    }

    static func notADatabase(_ file: String) -> SQLiteStoreError {
        SQLiteStoreError(
            .notADatabase, file: file,
            "\(file) is not a SQLite database; name another file, or move this one away to start a new one")
    }

    /// Runs `body` and turns what GRDB throws into this error. Cancellation passes through.
    static func translating<Result>(
        file: String, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw SQLiteStoreError(error, file: file)
        } catch let error as RowDecodingError {
            throw SQLiteStoreError(
                .corrupt, file: file,
                "\(file) holds what this version did not write (\(error)); restore a backup")
        }
    }
}
