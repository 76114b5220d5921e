import Synchronization
import Testing

@testable import X509Auth

/// What OpenSSL's path check leaves out, at the door.
@Suite("Authenticator: first sight beyond OpenSSL")
struct FirstSightRulesTests {
    private let store = InMemoryTrustStore()
    private let authority: ForgedAuthority

    init() throws {
        authority = try ForgedAuthority(extensions: [
            Forge.basicConstraints(authority: true), Forge.keyCertSign,
            Forge.nameConstraints(
                permitted: [Forge.dns("example.com")], excluded: [Forge.dns("bar.example.com")]),
        ])
        try store.register(authority: authority.certificate, allowsAutoRegistration: true)
    }

    private func judge(_ leaf: [UInt8]) -> X509Rejection.Reason? {
        X509Authenticator(trust: store).judge(leaf: leaf, chain: [], now: Forge.now).rejection?.reason
    }

    private func named(_ names: [UInt8]...) throws -> [UInt8] {
        try authority.device {
            $0.extensions = [DER.extension("2.5.29.17", DER.tlv(0x30, names.flatMap(\.self)))]
        }
    }

    @Test("a wildcard over an excluded name, and a malformed name under constraints")
    func names() throws {
        #expect(try judge(named(Forge.dns("a.example.com"))) == nil)
        #expect(try judge(named(Forge.dns("*.example.com"))) == .untrustedChain)
        #expect(try judge(named(Forge.dns(".example.com"))) == .untrustedChain)
        #expect(try judge(named(Forge.dns("a_b.example.com"))) == .untrustedChain)
        #expect(try judge(named(Forge.dns("bar.example.com"))) == .untrustedChain)
        // Kinds that are not constrained may be odd: devices' names often are.
        #expect(try judge(named(Forge.email("odd@@name"))) == nil)
    }

    @Test("name constraints and critical extensions in a device's certificate, registered or not")
    func extensions() throws {
        for extensions in [
            [Forge.nameConstraints(permitted: [Forge.dns("a.example")])],
            [DER.extension("1.2.3.4", critical: true, [5, 0])],
            [DER.extension("2.5.29.35", critical: true, DER.sequence(DER.tlv(0x80, [1])))],
            [DER.extension("1.3.6.1.5.5.7.1.1", DER.sequence())],
        ] {
            let der = try authority.device { $0.extensions = extensions }
            #expect(judge(der) == .malformed)
            #expect(throws: X509Error.self) { try store.register(X509Certificate(der: der)) }
        }
    }

    @Test("an authority with malformed constraints or unknown critical extensions is not registered")
    func authorities() throws {
        for bad in [
            Forge.nameConstraints(permitted: [Forge.dns(".example.com")]),
            Forge.nameConstraints(permitted: [Forge.address([10, 0, 0, 0, 255, 0, 255, 0])]),
            DER.extension("1.2.3.4", critical: true, [5, 0]),
        ] {
            let unfit = try ForgedAuthority(
                "Unfit", extensions: [Forge.basicConstraints(authority: true), Forge.keyCertSign, bad])
            #expect(throws: X509Error.self) {
                try store.register(authority: unfit.certificate, allowsAutoRegistration: true)
            }
        }
    }

    @Test(
        "signatures: another algorithm inside than outside, unused bits, numbers not in their shortest form")
    func signatures() throws {
        let plain = try ForgedAuthority("Plain")
        try store.register(authority: plain.certificate, allowsAutoRegistration: true)
        let good = try plain.device()
        #expect(judge(good) == nil)
        let parts = DER.parts(of: good)
        let sha384 = DER.sequence(DER.oid("1.2.840.10045.4.3.3"))
        #expect(judge(DER.sequence(parts[0], sha384, parts[2])) != nil)
        let bits = DER.content(of: parts[2])
        #expect(judge(DER.sequence(parts[0], parts[1], DER.tlv(0x03, [1] + bits.dropFirst()))) != nil)
        let numbers = DER.parts(of: Array(bits.dropFirst()))
        let padded = DER.tlv(0x02, [0] + DER.content(of: numbers[0]))
        #expect(judge(DER.sequence(parts[0], parts[1], DER.bits(DER.sequence(padded, numbers[1])))) != nil)
        let trailing = Array(bits.dropFirst()) + [0]
        #expect(judge(DER.sequence(parts[0], parts[1], DER.bits(trailing))) != nil)
    }

    @Test("the registry is asked for one issuer by name and key identifier, however many authorities it has")
    func oneLookUp() throws {
        final class Counting: TrustSource {
            let asked = Mutex<[([UInt8], [UInt8]?)]>([])
            func registeredCertificate(_ id: CertificateID) -> RegisteredCertificate? { nil }
            func registeredAuthorities(issuerDER: [UInt8], keyIdentifier: [UInt8]?) -> [RegisteredAuthority] {
                asked.withLock { $0.append((issuerDER, keyIdentifier)) }
                return []
            }
            func isKnown(issuerDER: [UInt8], serialNumber: [UInt8]) -> Bool { false }
        }
        let trust = Counting()
        let leaf = try authority.device { $0.extensions = [Forge.authorityKeyIdentifier([7])] }
        _ = X509Authenticator(trust: trust).judge(leaf: leaf, chain: [], now: Forge.now)
        let asked = trust.asked.withLock { $0 }
        #expect(asked.count == 1)
        #expect(asked.first?.0 == authority.name)
        #expect(asked.first?.1 == [7])
    }
}
