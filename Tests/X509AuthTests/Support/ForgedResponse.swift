@testable import X509Auth

/// OCSP responses with any content.
struct ForgedResponse {
    var status: UInt8 = 0
    var responder: [UInt8]
    var producedAt: [UInt8] = ForgedResponse.time("20300101000000Z")
    var certificateID: [UInt8]
    var certificateStatus: [UInt8] = DER.tlv(0x80, [])
    var thisUpdate: [UInt8] = ForgedResponse.time("20300101000000Z")
    var nextUpdate: [UInt8] = DER.explicit(0, ForgedResponse.time("20300101010000Z"))
    var singleExtensions: [UInt8] = []
    var extensions: [[UInt8]] = []
    var algorithm: [UInt8] = Forge.ecdsaSHA256
    var certificates: [[UInt8]] = []

    static func time(_ text: String) -> [UInt8] { DER.tlv(0x18, Array(text.utf8)) }

    static func revoked(reason: UInt8? = nil) -> [UInt8] {
        DER.explicit(1, time("20280601000000Z") + (reason.map { DER.explicit(0, DER.tlv(0x0a, [$0])) } ?? []))
    }

    static func nonce(_ octets: [UInt8]) -> [UInt8] {
        DER.extension("1.3.6.1.5.5.7.48.1.2", DER.octets(octets))
    }

    /// Of `issuer`, about what `request` asks for.
    init(_ request: OCSPRequest, responder name: [UInt8]) {
        certificateID = request.certificateID.der
        responder = DER.explicit(1, name)
    }

    var data: [UInt8] {
        DER.sequence(
            responder, producedAt,
            DER.sequence(
                DER.sequence(certificateID, certificateStatus, thisUpdate, nextUpdate, singleExtensions)),
            extensions.isEmpty ? [] : DER.explicit(1, DER.tlv(0x30, extensions.flatMap(\.self))))
    }

    func signed(by key: ForgeKey) throws -> [UInt8] {
        let basic = DER.sequence(
            data, algorithm, DER.bits(try key.sign(data, sha1: algorithm == Forge.ecdsaSHA1)),
            certificates.isEmpty ? [] : DER.explicit(0, DER.tlv(0x30, certificates.flatMap(\.self))))
        let body = DER.explicit(0, DER.sequence(DER.oid("1.3.6.1.5.5.7.48.1.1"), DER.octets(basic)))
        return DER.sequence(DER.tlv(0x0a, [status]), status == 0 ? body : [])
    }
}
