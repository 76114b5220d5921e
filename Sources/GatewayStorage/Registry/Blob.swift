import Foundation
import GRDB
import X509Auth

/// Bytes as a BLOB column holds them.
struct Blob: DatabaseValueConvertible {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ id: CertificateID) {
        bytes = id.bytes
    }

    /// The octets of an identifier in hexadecimal digits; nil: it is none.
    init?(hexadecimal text: String) {
        guard let id = CertificateID(text) else { return nil }
        self.init(id)
    }

    var databaseValue: DatabaseValue { Data(bytes).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
        guard case .blob(let data) = value.storage else { return nil }
        return Blob([UInt8](data))
    }
}
