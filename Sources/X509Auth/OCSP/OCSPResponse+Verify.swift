/// How far clocks and responders are trusted.
public struct OCSPTolerance: Hashable, Sendable {
    /// How far the responder's clock may be off, in seconds; brought into 0 to 86,400.
    public var clockSkew: Int64 = 300 {
        didSet { clockSkew = min(max(clockSkew, 0), 86_400) }
    }
    /// How old an answer without nextUpdate may be, in seconds; brought into 0 to 31,536,000.
    public var maximumAge: Int64 = 3_600 {
        didSet { maximumAge = min(max(maximumAge, 0), 31_536_000) }
    }
    /// Whether an answer must repeat the request's nonce. Many responders hand out answers made beforehand,
    /// which cannot.
    public var requiresNonce = false

    /// Five minutes, one hour, no.
    public init() {}
}

/// A responder's answer, believed.
public struct OCSPAnswer: Hashable, Sendable {
    /// What it says.
    public let status: OCSPStatus
    /// When it was known to be right, Unix seconds.
    public let thisUpdate: Int64
    /// Until when it may be used, Unix seconds, that second included.
    public let validUntil: Int64
}

extension OCSPResponse {
    /// The answer to `request`, if the response is signed by the issuer or by a responder that the issuer
    /// authorised (RFC 6960 4.2.2.2), is about the certificate asked for, repeats its nonce, and is current.
    ///
    /// - Parameters:
    ///   - request: What was asked.
    ///   - issuer: The issuer of the certificate in question, itself verified.
    ///   - now: Unix seconds.
    /// - Throws: ``X509Error/Code-swift.struct/untrustedList`` for a response of somebody else or about something
    ///   else, ``X509Error/Code-swift.struct/staleList`` for one that is not current.
    public func verify(
        _ request: OCSPRequest, issuer: X509Certificate, now: Int64,
        tolerance: OCSPTolerance = OCSPTolerance()
    ) throws(X509Error) -> OCSPAnswer {
        let signer = try signer(issuer: issuer, now: now)
        try contents.signature.verify(by: signer, what: "the OCSP response", code: .untrustedList)
        try checkNonce(request, tolerance)
        for single in contents.single where try Self.names(single.certificateID, request, issuer) {
            return try Self.current(single, now: now, tolerance)
        }
        throw X509Error(
            code: .untrustedList, message: "the OCSP response is about other certificates than was asked for")
    }

    private func signer(issuer: X509Certificate, now: Int64) throws(X509Error) -> X509Certificate {
        if try names(issuer) { return issuer }
        for der in contents.certificates {
            guard let candidate = try? X509Certificate(der: der), try names(candidate) else { continue }
            if try Self.isAuthorized(candidate, by: issuer, now: now) { return candidate }
        }
        throw X509Error(
            code: .untrustedList,
            message:
                "the OCSP response is signed by nobody whom authority \(X509Requirements.name(issuer)) authorised"
        )
    }

    private func names(_ certificate: X509Certificate) throws(X509Error) -> Bool {
        switch contents.responder {
        case .name(let der):
            guard let name = try? DistinguishedName(der: der) else { return false }
            return name.matches(certificate.subject)
        case .key(let hash):
            guard let key = try? SubjectPublicKeyInfo.keyOctets(certificate.publicKeyDER) else {
                return false
            }
            return MessageDigest.sha1(key) == hash
        }
    }

    /// Signed by the issuer itself, for OCSP signing, within its dates, with a key that is accepted.
    private static func isAuthorized(
        _ candidate: X509Certificate, by issuer: X509Certificate, now: Int64
    ) throws(X509Error) -> Bool {
        var requirements = X509Requirements.default
        requirements.allowsEdwardsCurves = true
        guard candidate.issuer.matches(issuer.subject), candidate.isValid(at: now),
            candidate.extendedKeyUsages?.contains("1.3.6.1.5.5.7.3.9") == true,
            candidate.keyUsage?.contains(.digitalSignature) ?? true,
            requirements.problem(with: candidate.publicKey) == nil,
            candidate.signatureSecurityBits.map({ $0 >= requirements.minimumSignatureBits }) == true
        else { return false }
        return try candidate.contents.handle().isSigned(by: issuer.contents.handle())
    }

    private func checkNonce(_ request: OCSPRequest, _ tolerance: OCSPTolerance) throws(X509Error) {
        guard let nonce = request.nonce else { return }
        guard let item = contents.extensions[.ocspNonce] else {
            guard tolerance.requiresNonce else { return }
            throw X509Error(code: .untrustedList, message: "the OCSP response does not repeat the nonce")
        }
        guard item.value == DERWriter.value(DERTag.octetString, nonce) else {
            throw X509Error(
                code: .untrustedList, message: "the OCSP response is to another request: another nonce")
        }
    }

    private static func names(
        _ id: OCSPCertificateID, _ request: OCSPRequest, _ issuer: X509Certificate
    ) throws(X509Error) -> Bool {
        if id == request.certificateID { return true }
        let other = try? OCSPCertificateID(
            algorithm: id.algorithm, issuer: issuer, serial: request.certificateID.serial)
        return id == other
    }

    private static func current(
        _ single: SingleResponse, now: Int64, _ tolerance: OCSPTolerance
    ) throws(X509Error) -> OCSPAnswer {
        guard single.thisUpdate <= now + tolerance.clockSkew else {
            throw X509Error(
                code: .staleList,
                message:
                    "the OCSP response is of \(UTCTime.string(single.thisUpdate)), and it is \(UTCTime.string(now)); correct the gateway's clock"
            )
        }
        let end = (single.nextUpdate ?? single.thisUpdate + tolerance.maximumAge) + tolerance.clockSkew
        guard now <= end else {
            throw X509Error(
                code: .staleList,
                message: "the OCSP response ended at \(UTCTime.string(end)), and it is \(UTCTime.string(now))"
            )
        }
        return OCSPAnswer(
            status: single.status, thisUpdate: single.thisUpdate,
            validUntil: max(now, end - tolerance.clockSkew))
    }
}
