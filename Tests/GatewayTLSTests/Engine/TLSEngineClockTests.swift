import Testing

@testable import GatewayTLS

@Suite("Certificates are judged by the context's clock")
struct TLSEngineClockTests {
    static let modern: [TLSVersion] = [.v1_2, .v1_3]

    @Test("a client's chain, before, within and after its validity", arguments: modern)
    func server(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        let device = try pki.deviceEC.credential
        // The authority is a little older, and ends before the device.
        let authority = try pki.authority.credential
        for (now, alert) in [
            (device.notBefore + 1, nil), (authority.notAfter - 1, nil), (device.notBefore - 86_400, 42),
            (device.notAfter + 86_400, 45),
        ] as [(Int64, UInt8?)] {
            let server = try TLSContext(
                server: TLSServerConfiguration(
                    credentials: [try pki.serverEC.credential], clientCertificate: .required,
                    clientAuthoritiesPEM: pki.authority.certificate), now: { now })
            let pair = try EnginePair(
                server: server, client: try Contexts.client(pki.deviceEC, versions: version...version))
            #expect(pair.runToFailure().server?.alert == alert.map { TLSAlert(.sent, $0) })
        }
    }

    @Test("a server's chain", arguments: modern)
    func client(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        let end = try pki.authority.credential.notAfter
        for (now, isTrusted) in [(end - 1, true), (end + 86_400, false), (0, false)] {
            let client = try TLSContext(
                client: TLSClientConfiguration(
                    versions: version...version, serverName: "gateway.test",
                    trustedAuthoritiesPEM: pki.authority.certificate), now: { now })
            let failure = try EnginePair(server: try Contexts.server(), client: client).runToFailure().client
            #expect(failure?.code == (isTrusted ? nil : .serverNotTrusted))
        }
    }

    @Test("a domain's chain, and a replaced configuration's")
    func domains() throws {
        let pki = try TestPKI.shared
        let end = try pki.deviceEC.credential.notAfter
        let configuration = TLSServerConfiguration(
            credentials: [try pki.serverEC.credential], clientCertificate: .required,
            clientAuthoritiesPEM: pki.authority.certificate)
        let domain = TLSDomain(name: "a", serverNames: ["gateway.test"], configuration: configuration)
        let context = try TLSContext(domains: [domain], now: { end + 86_400 })
        func alert() throws -> TLSAlert? {
            try EnginePair(server: context, client: try Contexts.client(pki.deviceEC)).runToFailure().server?
                .alert
        }
        #expect(try alert() == TLSAlert(.sent, 45))
        try context.replace(domains: [domain])
        #expect(try alert() == TLSAlert(.sent, 45))
        try context.replace(server: configuration)
        #expect(try alert() == TLSAlert(.sent, 45))
    }
}
