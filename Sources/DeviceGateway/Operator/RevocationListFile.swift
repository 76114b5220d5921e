#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import X509Auth

/// A revocation list that an operator names by its path: it may be larger than a request.
enum RevocationListFile {
    /// - Throws: ``OperatorError`` that names the file.
    static func read(_ path: String) throws(OperatorError) -> CertificateRevocationList {
        let bytes: [UInt8]
        do {
            // A link says nothing about what it leads to, and reading a pipe or a device might never end.
            let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw OperatorError(
                    .invalidArgument, "\(path.prefix(512)) is not a regular file; save the list in one.")
            }
            let size = attributes[.size] as? Int ?? 0
            guard size <= maximumSize else {
                throw OperatorError(
                    .invalidArgument,
                    "\(path.prefix(512)) has \(size) bytes; revocation lists of at most \(maximumSize) are read."
                )
            }
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch let error as OperatorError {
            throw error
        } catch {
            throw OperatorError(
                .notFound,
                "The gateway can't read \(path.prefix(512)); give it a file that its user may read.")
        }
        do {
            return try CertificateRevocationList(contents: bytes)
        } catch {
            throw OperatorError(
                .certificate,
                "\(path.prefix(512)) holds no revocation list that can be used: \(error.message).")
        }
    }

    /// PEM takes a third more than DER.
    private static let maximumSize = CertificateRevocationList.maximumSize / 2 * 3
}
