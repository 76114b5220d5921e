extension CertificateRevocationList {
    /// Everything read from one list; immutable.
    final class Contents: Sendable {
        let der: [UInt8]
        let header: Header
        let issuer: DistinguishedName
        let issuerDER: [UInt8]
        let extensions: RevocationListExtensions
        let entries: RevocationTable
        let signature: SignedContent

        struct Header {
            var version = 1
            var thisUpdate: Int64 = 0
            var nextUpdate: Int64?
            /// UTCTime to 2049, GeneralizedTime after it.
            var hasProperDates = true
            /// Written out although there are none.
            var hasEmptyEntries = false
        }

        init(der: [UInt8]) throws(X509Error) {
            guard der.count <= CertificateRevocationList.maximumSize else {
                throw X509Error(
                    code: .tooLarge,
                    message:
                        "a revocation list of \(der.count) bytes; at most \(CertificateRevocationList.maximumSize) are read"
                )
            }
            self.der = der
            do throws(DERFailure) {
                let signature = try SignedContent(der)
                var reader = signature.reader
                var header = Header()
                if reader.nextTag == DERTag.integer {
                    guard try reader.smallInteger() == 1 else {
                        throw DERFailure("has a version that is neither 1 nor 2")
                    }
                    header.version = 2
                }
                let algorithm = try reader.next(DERTag.sequence)
                guard signature.hasAlgorithm(reader.whole(algorithm)) else {
                    throw DERFailure("names two signature algorithms")
                }
                let issuer = try reader.next(DERTag.sequence)
                self.issuerDER = reader.whole(issuer)
                header.thisUpdate = try Self.date(&reader, &header)
                if let tag = reader.nextTag, tag == DERTag.utcTime || tag == DERTag.generalizedTime {
                    header.nextUpdate = try Self.date(&reader, &header)
                }
                if let list = try reader.nextIf(DERTag.sequence) {
                    self.entries = try RevocationTable(
                        reader.inside(list), allowsExtensions: header.version == 2)
                    header.hasEmptyEntries = list.content.isEmpty
                } else {
                    self.entries = .empty
                }
                var extensions = RevocationListExtensions()
                if let wrapped = try reader.nextIf(DERTag.constructed(0)) {
                    guard header.version == 2 else { throw DERFailure("has extensions in version 1") }
                    extensions = try RevocationListExtensions(
                        try ExtensionList(explicit: reader.inside(wrapped)))
                }
                try reader.finish()
                self.header = header
                self.extensions = extensions
                self.signature = signature
            } catch {
                throw X509Error(code: .notDER, message: "the revocation list \(error.message)")
            }
            self.issuer = try DistinguishedName(der: issuerDER)
            guard !issuer.isEmpty else {
                throw X509Error(code: .invalidField, message: "the revocation list has no issuer")
            }
            if let problem = extensions.unsupported {
                throw X509Error(
                    code: .unsupportedList, message: "the revocation list \(problem), which is not understood"
                )
            }
        }

        private static func date(_ reader: inout DERReader, _ header: inout Header) throws(DERFailure)
            -> Int64
        {
            let tag = reader.nextTag
            let seconds = try reader.time()
            if (seconds >= CertificateFields.firstGeneralized) != (tag == DERTag.generalizedTime) {
                header.hasProperDates = false
            }
            return seconds
        }
    }
}
