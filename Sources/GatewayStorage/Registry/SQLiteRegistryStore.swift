public import DeviceGateway
import GRDB
import Synchronization
public import X509Auth

/// Keeps the registry in one SQLite database file.
///
/// Write-ahead logging with `synchronous = FULL`: what ``apply(_:)`` has returned for survives the end of
/// the process, of the machine, and the loss of power, as far as the disk keeps its promises. The file and
/// those SQLite puts beside it are created readable by their owner alone.
///
/// The file is held exclusively while the store exists: the registry in memory is the authority, so a
/// second program writing the file would go unnoticed. Copy the file for a backup while no store has it
/// open.
public final class SQLiteRegistryStore: RegistryStore {
    /// The database file, as it was named.
    public let file: String
    /// `nil` once closed: GRDB must not be asked anything after its own `close`, so a closed store only
    /// lets go of the connection, and the last operation under way ends it.
    private let connection: Mutex<DatabaseQueue?>

    /// Opens the file, creating it if it does not exist, and brings its tables up to date.
    ///
    /// Waits for the disk.
    /// - Throws: ``SQLiteStoreError``, which names the file and says what to do.
    public init(file: String) throws(SQLiteStoreError) {
        try PrivateFile.create(file)
        self.file = file
        do {
            var configuration = Configuration()
            configuration.label = "device gateway registry"
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF")
            }
            let queue = try DatabaseQueue(path: file, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                try Self.checkIsRegistry(database, file: file)
                try Self.useWriteAheadLog(database, file: file)
            }
            try RegistrySchema.migrator.migrate(queue)
            connection = Mutex(queue)
        } catch let error as SQLiteStoreError {
            throw error
        } catch let error as DatabaseError {
            throw SQLiteStoreError(error, file: file)
        } catch {
            throw SQLiteStoreError(.other, file: file, "\(file) cannot be opened: \(error)")
        }
    }

    /// Everything that has been applied.
    ///
    /// - Throws: ``SQLiteStoreError``.
    public func load() async throws -> RegistryContents {
        try await SQLiteStoreError.translating(file: file) {
            try await openConnection().read { [file] database in
                try RegistryReader(database, file: file).contents()
            }
        }
    }

    /// Applies all changes in one transaction and waits until the disk has it.
    ///
    /// - Throws: ``SQLiteStoreError``; then nothing was applied.
    public func apply(_ changes: [RegistryChange]) async throws {
        guard !changes.isEmpty else { return }
        try await SQLiteStoreError.translating(file: file) {
            try await openConnection().write { database in
                for change in changes { try change.apply(to: database) }
                try database.execute(sql: "UPDATE registry_generation SET number = number + 1")
            }
        }
    }

    /// The encodings of those of the certificates that it holds.
    ///
    /// - Throws: ``SQLiteStoreError``.
    public func encodings(of certificates: [CertificateID]) async throws -> [CertificateID: [UInt8]] {
        try await SQLiteStoreError.translating(file: file) {
            try await openConnection().read { [file] database in
                try RegistryReader(database, file: file).encodings(of: certificates)
            }
        }
    }

    /// Writes the log back into the file and lets go of it, once what is under way has ended. Everything
    /// that follows fails. Without it the file is let go when the store is deinitialised.
    public func close() {
        connection.withLock { $0 = nil }
    }

    private func openConnection() throws(SQLiteStoreError) -> DatabaseQueue {
        guard let queue = connection.withLock({ $0 }) else {
            throw SQLiteStoreError(.closed, file: file, "\(file) has been closed; open a new store")
        }
        return queue
    }

    private static func checkIsRegistry(_ database: Database, file: String) throws {
        let applicationID = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
        guard applicationID == RegistrySchema.applicationID || (applicationID == 0 && isEmpty) else {
            throw SQLiteStoreError(
                .foreignDatabase, file: file,
                "\(file) is another program's SQLite database, not a gateway registry; name another file")
        }
        guard !(try RegistrySchema.migrator.hasBeenSuperseded(database)) else {
            throw SQLiteStoreError(
                .newerSchema, file: file,
                "\(file) was written by a newer version of this software; install that version, or restore a "
                    + "backup made before the upgrade")
        }
    }

    private static func useWriteAheadLog(_ database: Database, file: String) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw SQLiteStoreError(
                .cannotOpen, file: file,
                "\(file) cannot use write-ahead logging (journal mode \(mode ?? "unknown")); put it on a local "
                    + "file system")
        }
        try database.execute(sql: "PRAGMA synchronous = FULL")
        // A PRAGMA that is not understood fails silently, and durability rests on these.
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        let foreignKeys = try Bool.fetchOne(database, sql: "PRAGMA foreign_keys")
        guard synchronous == 2, foreignKeys == true else {
            throw SQLiteStoreError(
                .other, file: file,
                "\(file) cannot be kept safely: this SQLite does not offer synchronous = FULL and foreign keys; "
                    + "use one that does")
        }
    }
}
