extension OCSPResponse.Contents {
    /// Reads a BasicOCSPResponse (RFC 6960 4.2.1).
    init(_ body: [UInt8]) throws(DERFailure) {
        var outer = DERReader(body)
        let whole = try outer.next(DERTag.sequence)
        try outer.finish()
        var reader = outer.inside(whole)
        signature = try SignedContent(parts: &reader)
        var certificates: [[UInt8]] = []
        if let wrapped = try reader.nextIf(DERTag.constructed(0)) {
            var explicit = reader.inside(wrapped)
            let list = try explicit.next(DERTag.sequence)
            try explicit.finish()
            var inner = explicit.inside(list)
            while !inner.isAtEnd {
                guard certificates.count < 8 else { throw DERFailure("has more than 8 certificates") }
                certificates.append(inner.whole(try inner.next(DERTag.sequence)))
            }
        }
        try reader.finish()
        self.certificates = certificates

        var data = signature.reader
        if let version = try data.nextIf(DERTag.constructed(0)) {
            var inner = data.inside(version)
            guard try inner.smallInteger() == 0 else { throw DERFailure("is not of version 1") }
        }
        responder = try Self.responder(&data)
        _ = try data.time()
        let list = try data.next(DERTag.sequence)
        single = try Self.single(data.inside(list))
        if let wrapped = try data.nextIf(DERTag.constructed(1)) {
            extensions = try ExtensionList(explicit: data.inside(wrapped))
        } else {
            extensions = .empty
        }
        try data.finish()
        try Self.checkCritical(extensions, understood: [.ocspNonce])
    }

    private static func responder(_ data: inout DERReader) throws(DERFailure) -> OCSPResponse.Responder {
        let element = try data.next()
        var inner = data.inside(element)
        switch element.tag {
        case DERTag.constructed(1):
            let name = inner.whole(try inner.next(DERTag.sequence))
            try inner.finish()
            return .name(name)
        case DERTag.constructed(2):
            let key = inner.content(try inner.next(DERTag.octetString))
            try inner.finish()
            return .key(key)
        default:
            throw DERFailure("names no responder")
        }
    }

    private static func single(_ reader: DERReader) throws(DERFailure) -> [OCSPResponse.SingleResponse] {
        var reader = reader
        var responses: [OCSPResponse.SingleResponse] = []
        while !reader.isAtEnd {
            guard responses.count < 64 else { throw DERFailure("is about more than 64 certificates") }
            let element = try reader.next(DERTag.sequence)
            var item = reader.inside(element)
            let id = try item.next(DERTag.sequence)
            let certificateID = try OCSPCertificateID(item.inside(id))
            let status = try status(&item)
            let thisUpdate = try item.time()
            var nextUpdate: Int64?
            if let wrapped = try item.nextIf(DERTag.constructed(0)) {
                var inner = item.inside(wrapped)
                nextUpdate = try inner.time()
                try inner.finish()
            }
            if let wrapped = try item.nextIf(DERTag.constructed(1)) {
                try checkCritical(try ExtensionList(explicit: item.inside(wrapped)), understood: [])
            }
            try item.finish()
            responses.append(
                OCSPResponse.SingleResponse(
                    certificateID: certificateID, status: status, thisUpdate: thisUpdate,
                    nextUpdate: nextUpdate))
        }
        return responses
    }

    private static func status(_ item: inout DERReader) throws(DERFailure) -> OCSPStatus {
        let element = try item.next()
        switch element.tag {
        case DERTag.context(0) where element.content.isEmpty: return .good
        case DERTag.context(2) where element.content.isEmpty: return .unknown
        case DERTag.constructed(1):
            var inner = item.inside(element)
            let date = try inner.time()
            var reason = RevocationEntry.Reason.unspecified
            if let wrapped = try inner.nextIf(DERTag.constructed(0)) {
                var explicit = inner.inside(wrapped)
                let value = try explicit.smallInteger(DERTag.enumerated)
                guard let known = RevocationEntry.Reason(rawValue: value) else {
                    throw DERFailure("has a reason code \(value) that RFC 5280 does not know")
                }
                reason = known
            }
            try inner.finish()
            return .revoked(RevocationEntry(revocationDate: date, reason: reason))
        default:
            throw DERFailure("has a status that is none of good, revoked and unknown")
        }
    }

    private static func checkCritical(
        _ extensions: ExtensionList, understood: Set<ExtensionType>
    ) throws(DERFailure) {
        for item in extensions.items where item.isCritical && !understood.contains(item.type) {
            throw DERFailure("has the critical extension \(item.type), which is not understood")
        }
    }
}
