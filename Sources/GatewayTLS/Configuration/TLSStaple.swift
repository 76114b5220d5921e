/// An OCSP response (RFC 6960) that says of a server's certificate that it is not revoked, to be sent with
/// it in the handshake (RFC 6066, section 8).
public struct TLSStaple: Hashable, Sendable {
    /// The largest response unless asked otherwise, in bytes; AWS IoT Core's limit as well.
    public static let defaultMaximumSize = 4_096

    /// The response.
    public let der: [UInt8]
    /// When what it says was known to be right, in Unix seconds.
    public let thisUpdate: Int64
    /// When newer information will be there, in Unix seconds; nil: the responder doesn't say.
    public let nextUpdate: Int64?
    /// The first second at which it is not served any more; the responder's certificate may end first.
    let end: Int64
    /// The issuer's certificate (DER) when it was not in the chain; empty otherwise.
    let issuer: [UInt8]

    /// Reads a response and checks that it is about the credential's certificate, says "good", and is
    /// signed by the certificate's issuer or by a responder the issuer has delegated this to.
    ///
    /// - Parameters:
    ///   - der: the response as a responder sends it.
    ///   - credential: whose certificate it is about.
    ///   - issuerDER: the issuer's certificate; nil: the second of the credential's chain.
    ///   - maximumSize: the largest response accepted, in bytes: every handshake carries it.
    /// - Throws: ``TLSError`` with `.unusableStaple`.
    public init(
        der: [UInt8], for credential: TLSCredential, issuerDER: [UInt8]? = nil,
        maximumSize: Int = TLSStaple.defaultMaximumSize
    ) throws(TLSError) {
        guard der.count <= maximumSize else {
            throw TLSError(
                code: .unusableStaple, sideAtFault: .local,
                message: "the OCSP response has \(der.count) bytes; \(maximumSize) are allowed")
        }
        let facts = try credential.storage.check(staple: der, issuer: issuerDER ?? [])
        self.der = der
        issuer = issuerDER ?? []
        thisUpdate = facts.thisUpdate
        nextUpdate = facts.nextUpdate
        end = facts.end
    }

    /// Reads a response from a file. See ``init(der:for:issuerDER:maximumSize:)``.
    ///
    /// - Throws: ``TLSError`` with `.unusableStaple` or, when there is no reading it, `.unreadableCredential`;
    ///   the message names the file.
    public init(
        file: String, for credential: TLSCredential, issuerDER: [UInt8]? = nil,
        maximumSize: Int = TLSStaple.defaultMaximumSize
    ) throws(TLSError) {
        let der = try withFileContents(file, "OCSP response") { Array($0) }
        do throws(TLSError) {
            try self.init(der: der, for: credential, issuerDER: issuerDER, maximumSize: maximumSize)
        } catch {
            var named = error
            named.message += " (OCSP response \"\(file)\")"
            throw named
        }
    }

    /// Whether a client would accept it: from `thisUpdate` on, until `nextUpdate` or the end of the
    /// responder's certificate.
    ///
    /// - Parameter now: Unix seconds.
    public func isCurrent(at now: Int64) -> Bool { now >= thisUpdate && now < end }
}

extension TLSStaple: CustomStringConvertible {
    /// When it was made and when it ends.
    public var description: String {
        "OCSP response of \(utcText(thisUpdate))"
            + (nextUpdate.map { ", next update \(utcText($0))" } ?? ", no next update")
    }
}

extension TLSCredential {
    /// The same credential with an OCSP response that is sent to every client that asks for one, until it
    /// is no longer current.
    ///
    /// - Throws: ``TLSError`` with `.unusableStaple` when the response is about another certificate.
    public func stapling(_ response: TLSStaple) throws(TLSError) -> TLSCredential {
        TLSCredential(storage: try storage.stapled(response), source: source, staple: response)
    }
}
