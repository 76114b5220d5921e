/// A question to an OCSP responder about one certificate (RFC 6960 4.1), unsigned.
///
/// The caller sends ``der`` by HTTP POST as `application/ocsp-request` (RFC 6960 appendix A) and hands what comes
/// back to ``OCSPResponse``.
public struct OCSPRequest: Hashable, Sendable {
    /// The request as it goes out.
    public let der: [UInt8]
    let certificateID: OCSPCertificateID
    let nonce: [UInt8]?

    /// Asks about `certificate`, issued by `issuer`.
    ///
    /// - Parameter nonce: 1 to 32 random octets (RFC 9654), or nil for an answer that responders may have ready
    ///   made. The caller's random numbers, so that there is no chance in here.
    /// - Throws: ``X509Error/Code-swift.struct/invalidArgument`` for a nonce of another size.
    public init(
        certificate: X509Certificate, issuer: X509Certificate, nonce: [UInt8]? = nil
    ) throws(X509Error) {
        if let nonce {
            guard (1...32).contains(nonce.count) else {
                throw X509Error(code: .invalidArgument, message: "an OCSP nonce has 1 to 32 octets")
            }
        }
        do throws(DERFailure) {
            let serial = try CertificateFields(der: certificate.der).serial
            // SHA-1, because that is what every responder knows; nothing rests on it but the look-up.
            guard
                let id = try OCSPCertificateID(
                    algorithm: OCSPCertificateID.sha1, issuer: issuer, serial: serial)
            else { throw DERFailure("cannot be named") }
            certificateID = id
        } catch {
            throw X509Error(code: .invalidField, message: "certificate \(certificate.id) \(error.message)")
        }
        self.nonce = nonce
        let list = DERWriter.sequence(DERWriter.sequence(certificateID.der))
        var extensions: [UInt8] = []
        if let nonce {
            let item = DERWriter.sequence(
                DERWriter.objectIdentifier(ExtensionType.ocspNonce.identifier) ?? [],
                DERWriter.value(DERTag.octetString, DERWriter.value(DERTag.octetString, nonce)))
            extensions = DERWriter.value(DERTag.constructed(2), DERWriter.sequence(item))
        }
        der = DERWriter.sequence(DERWriter.sequence(list, extensions))
    }
}
