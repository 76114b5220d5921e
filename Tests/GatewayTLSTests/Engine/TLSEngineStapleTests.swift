import Foundation
import Synchronization
import Testing

@testable import GatewayTLS

@Suite("Stapled OCSP responses in the handshake")
struct TLSEngineStapleTests {
    static let modern: [TLSVersion] = [.v1_2, .v1_3]

    private final class World: Sendable {
        let time = Mutex<Int64>(0)
        var now: TLSClock { { self.time.withLock { $0 } } }
    }

    /// A credential with the authority behind it, and what a responder says of it.
    private static func stapled(_ identity: TestPKI.Identity) throws -> (TLSCredential, TLSStaple) {
        let authority = try TestPKI.shared.authority
        var chained = identity
        chained.certificate += authority.certificate
        let credential = try chained.credential
        let staple = try TLSStaple(
            der: OCSPAnswer(about: identity, issuer: authority).der(), for: credential)
        return (try credential.stapling(staple), staple)
    }

    private static let made = Result {
        (ec: try stapled(TestPKI.shared.serverEC), rsa: try stapled(TestPKI.shared.serverRSA))
    }

    private func client(
        _ version: TLSVersion, asks: Bool = true, ciphers: String? = nil, resumes: Bool = false,
        name: String = "gateway.test"
    ) throws -> TLSContext {
        var configuration = TLSClientConfiguration(
            versions: version...version, serverName: name, verification: .dangerouslyNone,
            cipherSuites: ciphers)
        configuration.requestsStaple = asks
        configuration.resumesSessions = resumes
        return try TLSContext(client: configuration)
    }

    private func response(_ server: TLSContext, _ client: TLSContext) throws -> [UInt8]? {
        let pair = try EnginePair(server: server, client: client)
        try pair.run()
        #expect(pair.server.evidence?.stapledResponse == nil)
        return pair.client.evidence?.stapledResponse
    }

    @Test("sent to whoever asks, from thisUpdate until nextUpdate by the context's clock", arguments: modern)
    func served(_ version: TLSVersion) throws {
        let (credential, staple) = try Self.made.get().ec
        let world = World()
        world.time.withLock { $0 = staple.thisUpdate - 1 }
        let server = try TLSContext(
            server: TLSServerConfiguration(credentials: [credential]), now: world.now)
        #expect(try response(server, client(version)) == nil)
        world.time.withLock { $0 = staple.thisUpdate }
        #expect(try response(server, client(version)) == staple.der)
        #expect(try response(server, client(version, asks: false)) == nil)
        let next = try #require(staple.nextUpdate)
        world.time.withLock { $0 = next - 1 }
        #expect(try response(server, client(version)) == staple.der)
        // Without it the connection still stands: whether that will do is the client's affair.
        world.time.withLock { $0 = next }
        #expect(try response(server, client(version)) == nil)
    }

    @Test("by the system's clock unless told otherwise; none where there is none", arguments: modern)
    func systemClock(_ version: TLSVersion) throws {
        let (credential, staple) = try Self.made.get().ec
        let server = try TLSContext(server: TLSServerConfiguration(credentials: [credential]))
        #expect(try response(server, client(version)) == staple.der)
        #expect(try response(try Contexts.server(), client(version)) == nil)
        // Renewed by replacement, like any configuration.
        try server.replace(
            server: TLSServerConfiguration(credentials: [try TestPKI.shared.serverEC.credential]))
        #expect(try response(server, client(version)) == nil)
    }

    @Test("each credential, and each domain, has its own")
    func choice() throws {
        let (ec, rsa) = try Self.made.get()
        let both = try TLSContext(
            server: TLSServerConfiguration(credentials: [ec.0, rsa.0], versions: .v1_2 ... .v1_2))
        #expect(
            try response(both, client(.v1_2, ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256")) == ec.1.der)
        #expect(try response(both, client(.v1_2, ciphers: "ECDHE-RSA-AES128-GCM-SHA256")) == rsa.1.der)
        let domains = try TLSContext(domains: [
            TLSDomain(
                name: "ec", serverNames: ["ec.test"],
                configuration: TLSServerConfiguration(credentials: [ec.0])),
            TLSDomain(
                name: "rsa", serverNames: ["rsa.test"],
                configuration: TLSServerConfiguration(credentials: [rsa.0])),
            TLSDomain(
                name: "none", serverNames: ["none.test"],
                configuration: TLSServerConfiguration(credentials: [
                    try TestPKI.shared.serverEC.credential
                ])),
        ])
        for version in Self.modern {
            #expect(try response(domains, client(version, name: "ec.test")) == ec.1.der)
            #expect(try response(domains, client(version, name: "rsa.test")) == rsa.1.der)
            #expect(try response(domains, client(version, name: "none.test")) == nil)
        }
    }

    @Test("a resumed session brings none: nothing was shown that it could be about", arguments: modern)
    func resumed(_ version: TLSVersion) throws {
        var configuration = TLSServerConfiguration(credentials: [try Self.made.get().ec.0])
        configuration.resumption = .cache(TLSSessionCache())
        let server = try TLSContext(server: configuration)
        let client = try client(version, resumes: true)
        #expect(try response(server, client) != nil)
        let pair = try EnginePair(server: server, client: client)
        try pair.run()
        #expect(pair.server.evidence?.wasResumed == true)
        #expect(pair.client.evidence?.stapledResponse == nil)
    }
}
