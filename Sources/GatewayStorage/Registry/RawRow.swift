import GRDBSQLite
import X509Auth

/// The row a statement stands on. Tables are STRICT: a column holds what its type says, or NULL.
struct RawRow {
    let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// Empty for NULL.
    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Nil for NULL.
    func textIfAny(_ column: Int32) -> String? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : text(column)
    }

    func text(_ column: Int32, equals other: String) -> Bool {
        guard let start = sqlite3_column_text(statement, column) else { return false }
        let count = Int(sqlite3_column_bytes(statement, column))
        var other = other
        return other.withUTF8 { UnsafeBufferPointer(start: start, count: count).elementsEqual($0) }
    }

    /// Nil for NULL and for what is not 32 octets long.
    func certificateID(_ column: Int32) -> CertificateID? {
        withOctets(column) { CertificateID(octets: $0) }
    }

    /// The octets lie in SQLite's memory, which is why they are only lent.
    func withOctets<Result>(_ column: Int32, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        let start = sqlite3_column_blob(statement, column)
        let count = Int(sqlite3_column_bytes(statement, column))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count).bytes)
    }
}
