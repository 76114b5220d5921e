/// SIGNED{…}: content, signature algorithm, signature; the frame of certificates, lists and responses.
struct SignedContent: Sendable {
    private let bytes: [UInt8]
    private let content: Range<Int>
    private let contentInside: DERElement
    private let algorithm: [UInt8]
    private let signature: Range<Int>

    /// Nothing may follow. Whether the signature is anybody's is not looked at.
    init(_ der: [UInt8]) throws(DERFailure) {
        var outer = DERReader(der)
        let whole = try outer.next(DERTag.sequence)
        try outer.finish()
        var reader = outer.inside(whole)
        try self.init(parts: &reader)
        try reader.finish()
    }

    /// Reads the three parts; what follows is the caller's.
    init(parts reader: inout DERReader) throws(DERFailure) {
        let content = try reader.next(DERTag.sequence)
        self.bytes = reader.bytes
        self.content = content.whole
        self.contentInside = content
        self.algorithm = reader.whole(try reader.next(DERTag.sequence))
        let signature = try reader.bitString()
        guard signature.unused == 0 else { throw DERFailure("has a signature of a broken number of octets") }
        self.signature = signature.octets
    }

    /// Inside the signed content.
    var reader: DERReader { DERReader(bytes).inside(contentInside) }

    /// Whether the algorithm inside the content is that outside.
    func hasAlgorithm(_ der: [UInt8]) -> Bool { der == algorithm }

    /// Verifies the signature with a certificate's key, of at least 112 bits of security.
    func verify(
        by signer: X509Certificate, what: String, code: X509Error.Code
    ) throws(X509Error) {
        let result = SignatureVerification.verify(
            algorithm: algorithm, signature: bytes[signature], content: bytes[content],
            signer: try signer.contents.handle(), minimumBits: X509Requirements.minimumBits)
        switch result {
        case .verified: return
        case .weak:
            throw X509Error(code: code, message: "\(what) is signed with an algorithm that is too weak")
        case .unverified:
            throw X509Error(
                code: code,
                message:
                    "\(what) is not signed by the key of certificate \(X509Requirements.name(signer)); it was changed, or is another's"
            )
        case .failedInternally:
            throw X509Error(code: .internalFailure, message: "OpenSSL could not verify \(what)")
        }
    }
}
