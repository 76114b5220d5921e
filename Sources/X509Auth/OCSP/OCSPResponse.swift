/// An OCSP responder's answer (RFC 6960 4.2), read but not yet believed: see
/// ``verify(_:issuer:now:tolerance:)``.
public struct OCSPResponse: Sendable {
    /// The largest response read, in bytes.
    public static let maximumSize = 65_536

    let contents: Contents

    struct Contents: Sendable {
        let signature: SignedContent
        let responder: Responder
        let single: [SingleResponse]
        let extensions: ExtensionList
        /// DER of the certificates sent along.
        let certificates: [[UInt8]]
    }

    enum Responder: Sendable {
        case name([UInt8])
        /// SHA-1 of the key.
        case key([UInt8])
    }

    struct SingleResponse: Sendable {
        let certificateID: OCSPCertificateID
        let status: OCSPStatus
        let thisUpdate: Int64
        let nextUpdate: Int64?
    }

    /// Reads a response in DER.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/notDER``; ``X509Error/Code-swift.struct/refused`` where the responder
    ///   gave an error instead of an answer.
    public init(der: [UInt8]) throws(X509Error) {
        guard der.count <= Self.maximumSize else {
            throw X509Error(
                code: .tooLarge,
                message: "an OCSP response of \(der.count) bytes; at most \(Self.maximumSize) are read")
        }
        let body: [UInt8]
        do throws(DERFailure) {
            var outer = DERReader(der)
            let whole = try outer.next(DERTag.sequence)
            try outer.finish()
            var reader = outer.inside(whole)
            let status = try reader.smallInteger(DERTag.enumerated)
            guard status == 0 else { throw .refused(status) }
            body = try Self.basicBody(&reader)
            contents = try Contents(body)
        } catch {
            if let status = error.responderStatus {
                throw X509Error(
                    code: .refused, message: "the OCSP responder answered \(Self.name(ofStatus: status))")
            }
            throw X509Error(code: .notDER, message: "the OCSP response \(error.message)")
        }
    }

    private static func basicBody(_ reader: inout DERReader) throws(DERFailure) -> [UInt8] {
        let wrapped = try reader.next(DERTag.constructed(0))
        try reader.finish()
        var explicit = reader.inside(wrapped)
        let sequence = try explicit.next(DERTag.sequence)
        try explicit.finish()
        var inner = explicit.inside(sequence)
        guard try inner.objectIdentifier() == "1.3.6.1.5.5.7.48.1.1" else {
            throw DERFailure("is not of the basic type")
        }
        let body = inner.content(try inner.next(DERTag.octetString))
        try inner.finish()
        return body
    }

    private static func name(ofStatus status: Int) -> String {
        switch status {
        case 1: "malformedRequest"
        case 2: "internalError"
        case 3: "tryLater"
        case 5: "sigRequired"
        case 6: "unauthorized"
        default: "status \(status)"
        }
    }
}

extension DERFailure {
    fileprivate static func refused(_ status: Int) -> DERFailure { DERFailure(responderStatus: status) }
}

/// What an OCSP responder says of a certificate.
public enum OCSPStatus: Hashable, Sendable {
    /// Not revoked.
    case good
    /// Revoked, maybe on hold.
    case revoked(RevocationEntry)
    /// The responder does not know the certificate.
    case unknown
}
