import Foundation
import GatewayTLS
import Testing

/// RFC 6960, as far as a server must judge a response before it staples it.
@Suite("OCSP responses to staple")
struct TLSStapleTests {
    private static func credential(_ identity: TestPKI.Identity, withIssuer: Bool = true) throws
        -> TLSCredential
    {
        let issuer = withIssuer ? try TestPKI.shared.authority.certificate : ""
        return try TLSCredential(
            certificateChainPEM: identity.certificate + issuer, privateKeyPEM: identity.key)
    }

    private func failure(
        _ answer: OCSPAnswer, for credential: TLSCredential? = nil,
        maximumSize: Int = TLSStaple.defaultMaximumSize
    ) throws -> TLSError? {
        let der = try answer.der()
        let credential = try credential ?? Self.credential(TestPKI.shared.serverEC)
        do throws(TLSError) {
            _ = try TLSStaple(der: der, for: credential, maximumSize: maximumSize)
            return nil
        } catch {
            return error
        }
    }

    private func responder(_ name: String, extensions: [String]) throws -> TestPKI.Identity {
        let pki = try TestPKI.shared
        return try TestPKI.issue(
            name, in: pki.directory, issuer: pki.authority,
            extensions: ["basicConstraints=critical,CA:FALSE"] + extensions)
    }

    @Test("good: its times are told, and it is current between them", arguments: ["-sha1", "-sha256"])
    func good(digest: String) throws {
        let pki = try TestPKI.shared
        let credential = try Self.credential(pki.serverEC)
        let answer = OCSPAnswer(about: pki.serverEC, issuer: pki.authority, digest: digest)
        let staple = try TLSStaple(file: answer.file(), for: credential)
        let next = try #require(staple.nextUpdate)
        #expect(next - staple.thisUpdate == 7 * 86_400)
        #expect(!staple.isCurrent(at: staple.thisUpdate - 1))
        #expect(staple.isCurrent(at: staple.thisUpdate))
        #expect(staple.isCurrent(at: next - 1))
        #expect(!staple.isCurrent(at: next))
        let stapled = try credential.stapling(staple)
        #expect(stapled.staple == staple)
        #expect(stapled.subject == credential.subject)
        #expect(credential.staple == nil)
    }

    @Test("no nextUpdate: current until the signer's certificate ends")
    func withoutNextUpdate() throws {
        let pki = try TestPKI.shared
        let answer = OCSPAnswer(about: pki.serverEC, issuer: pki.authority, days: nil)
        let staple = try TLSStaple(der: answer.der(), for: Self.credential(pki.serverEC))
        #expect(staple.nextUpdate == nil)
        #expect(staple.isCurrent(at: staple.thisUpdate + 20 * 86_400))
        #expect(!staple.isCurrent(at: staple.thisUpdate + 31 * 86_400))
    }

    @Test("RFC 6960 section 4.2.2.2: a responder needs the issuer's word for it")
    func delegation() throws {
        let pki = try TestPKI.shared
        let delegated = try responder("ocsp-delegated", extensions: ["extendedKeyUsage=OCSPSigning"])
        let plain = try responder("ocsp-plain", extensions: ["extendedKeyUsage=serverAuth"])
        #expect(
            try failure(OCSPAnswer(about: pki.serverEC, issuer: pki.authority, signer: delegated)) == nil)
        for signer in [plain, pki.otherAuthority] {
            let error = try failure(OCSPAnswer(about: pki.serverEC, issuer: pki.authority, signer: signer))
            #expect(error?.code == .unusableStaple)
            #expect(error?.message.contains("signed neither by") == true)
        }
    }

    @Test("revoked, unknown and foreign certificates")
    func statuses() throws {
        let pki = try TestPKI.shared
        let revoked = try failure(OCSPAnswer(about: pki.serverEC, issuer: pki.authority, status: .revoked))
        #expect(
            revoked?.message
                == "the OCSP response says that the certificate of CN=server-ec is revoked; replace it")
        let unknown = try failure(OCSPAnswer(about: pki.serverEC, issuer: pki.authority, status: .unknown))
        #expect(unknown?.message == "the OCSP responder does not know the certificate of CN=server-ec")
        let other = try failure(OCSPAnswer(about: pki.serverRSA, issuer: pki.authority))
        #expect(other?.message == "the OCSP response says nothing about the certificate of CN=server-ec")
        let staple = try TLSStaple(
            der: OCSPAnswer(about: pki.serverRSA, issuer: pki.authority).der(),
            for: Self.credential(pki.serverRSA))
        #expect(throws: TLSError.self) { try Self.credential(pki.serverEC).stapling(staple) }
    }

    @Test("the issuer comes from the chain or is given")
    func issuers() throws {
        let pki = try TestPKI.shared
        let answer = OCSPAnswer(about: pki.serverEC, issuer: pki.authority)
        let bare = try Self.credential(pki.serverEC, withIssuer: false)
        #expect(
            try failure(answer, for: bare)?.message.contains("does not hold its issuer's certificate") == true
        )
        let staple = try TLSStaple(der: answer.der(), for: bare, issuerDER: pki.authority.der[0])
        _ = try bare.stapling(staple)
        #expect(throws: TLSError.self) {
            try TLSStaple(der: answer.der(), for: bare, issuerDER: pki.otherAuthority.der[0])
        }
    }

    @Test("size, damage and refusals")
    func damage() throws {
        let pki = try TestPKI.shared
        let answer = OCSPAnswer(about: pki.serverEC, issuer: pki.authority)
        let der = try answer.der()
        #expect(try failure(answer, maximumSize: 100)?.message.contains("100 are allowed") == true)
        let credential = try Self.credential(pki.serverEC)
        // responseStatus tryLater (3), without a response.
        let refusal: [UInt8] = [0x30, 0x03, 0x0a, 0x01, 0x03]
        let error = #expect(throws: TLSError.self) { try TLSStaple(der: refusal, for: credential) }
        #expect(error?.message == "the OCSP responder refused to answer: tryLater")
        for bad in [[], der + [0], Array(der.dropLast()), Array("PEM?".utf8)] {
            let error = #expect(throws: TLSError.self) { try TLSStaple(der: bad, for: credential) }
            #expect(error?.code == .unusableStaple)
        }
        // Any bit of what is signed, or of the signature.
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var changed = der
            changed[Int.random(in: 0..<der.count, using: &generator)] ^=
                1 << UInt8.random(in: 0..<8, using: &generator)
            let read = Result { () throws(TLSError) in try TLSStaple(der: changed, for: credential) }
            // What is not signed: the algorithm's absent parameters and the certificates along with it.
            if case .success(let staple) = read {
                #expect(staple.nextUpdate == staple.thisUpdate + 7 * 86_400)
            }
        }
    }

    @Test("files: every failure names the file")
    func files() throws {
        let credential = try Self.credential(TestPKI.shared.serverEC)
        let path = try TestPKI.shared.serverEC.keyFile
        let error = #expect(throws: TLSError.self) { try TLSStaple(file: path, for: credential) }
        #expect(error?.message.contains(path) == true)
        let missing = #expect(throws: TLSError.self) { try TLSStaple(file: "/nonexistent", for: credential) }
        #expect(missing?.message.contains("/nonexistent") == true)
    }
}
