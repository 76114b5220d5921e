import NIOCore
import Synchronization
import Testing

@testable import GatewayTLS

@Suite("Resumption of sessions")
struct TLSEngineResumptionTests: ResumptionTests {
    typealias Kind = Resumptions.Kind

    static let modern: [TLSVersion] = [.v1_2, .v1_3]

    @Test("off is off: nothing is issued, kept, or resumed", arguments: modern)
    func off(_ version: TLSVersion) throws {
        let world = Resumptions.World()
        let server = try server(.off, world)
        let client = try client(version)
        for _ in 0..<3 {
            let pair = try connect(server, client)
            #expect(pair.server.evidence?.wasResumed == false)
            // No session id, no ticket.
            #expect(client.current.entry.clientSessions?.take() == nil)
        }
        #expect(world.judgements == 3)
        #expect(server.current.entry.strayedSessions == 0)
    }

    @Test("a session is resumed, and evidence still has the leaf", arguments: modern, Kind.allCases)
    func resumed(_ version: TLSVersion, _ kind: Kind) throws {
        let pki = try TestPKI.shared
        let world = Resumptions.World()
        let server = try server(try kind.make(), world)
        let client = try client(version, pki.deviceWithChain)
        let first = try connect(server, client)
        #expect(first.server.evidence?.wasResumed == false)
        #expect(first.server.evidence?.peer?.chain.count == 1)
        for _ in 0..<3 {
            let next = try connect(server, client)
            #expect(next.server.evidence?.wasResumed == true)
            #expect(next.client.evidence?.wasResumed == true)
            #expect(next.server.evidence?.peer == TLSPeerCertificates(leaf: pki.deviceEC.der[0]))
            #expect(next.client.evidence?.peer?.leaf == pki.serverEC.der[0])
            #expect(next.server.evidence?.serverName == "gateway.test")
            #expect(next.server.evidence?.version == version)
            #expect(next.server.peerChainCount == 0)
        }
        #expect(server.current.entry.strayedSessions == 0)
        #expect(client.current.entry.strayedSessions == 0)
        // Judged every time, on resumption by the leaf alone.
        #expect(world.judged.withLock { $0.map(\.chain.count) } == [1, 0, 0, 0])
    }

    @Test("clients without certificates resume too", arguments: modern, Kind.allCases)
    func withoutCertificates(_ version: TLSVersion, _ kind: Kind) throws {
        let world = Resumptions.World()
        for mode in [TLSClientCertificateMode.none, .optional] {
            let server = try server(try kind.make(), world, mode: mode)
            var configuration = TLSClientConfiguration(
                versions: version...version, serverName: "gateway.test", verification: .dangerouslyNone)
            configuration.resumesSessions = true
            let client = try TLSContext(client: configuration)
            try connect(server, client)
            let next = try connect(server, client)
            #expect(next.server.evidence?.wasResumed == true)
            #expect(next.server.evidence?.peer == nil)
        }
        #expect(world.judgements == 0)
    }

    @Test("who is refused by now is refused, with the alert that tells why", arguments: modern, Kind.allCases)
    func refused(_ version: TLSVersion, _ kind: Kind) throws {
        let world = Resumptions.World()
        let resumption = try kind.make()
        let server = try server(resumption, world)
        let client = try client(version)
        try connect(server, client)
        world.verdict.withLock { $0 = .reject(alert: 44) }
        let pair = try EnginePair(server: server, client: client)
        let failures = pair.runToFailure()
        #expect(failures.server?.code == .certificateRejected)
        #expect(failures.server?.alert == TLSAlert(.sent, 44))
        #expect(failures.client?.alert == TLSAlert(.received, 44))
        #expect(pair.server.evidence == nil)
        // Both for the session and for the certificate sent in its stead.
        #expect(world.judgements == 3)
        if case .cache(let cache) = resumption { #expect(cache.count == 0) }
    }

    @Test("a session that is cut off may be resumed; one that a fatal alert ended may not", arguments: modern)
    func ends(_ version: TLSVersion) throws {
        let cache = TLSSessionCache()
        let server = try server(.cache(cache), Resumptions.World())
        let client = try client(version)
        do {
            let pair = try connect(server, client, closing: false)
            #expect(pair.server.receivedEndOfStream()?.code == .truncated)
            #expect(pair.client.receivedEndOfStream()?.code == .truncated)
        }
        let resumed = try connect(server, client, closing: false)
        #expect(resumed.server.evidence?.wasResumed == true)
        #expect(cache.count == 1)
        // A record that was tampered with.
        try resumed.client.send([1], output: &resumed.toServer)
        resumed.toServer.setInteger(UInt8(0xff), at: resumed.toServer.writerIndex - 1)
        resumed.toServer.setInteger(UInt8(0xff), at: resumed.toServer.writerIndex - 2)
        #expect(resumed.runToFailure().server?.code == .protocolViolation)
        #expect(cache.count == 0)
        #expect(try connect(server, client).server.evidence?.wasResumed == false)
    }

    @Test("a session lives as long as its cache says, by the context's clock", arguments: modern)
    func cacheLifetime(_ version: TLSVersion) throws {
        let world = Resumptions.World()
        let server = try server(.cache(TLSSessionCache(lifetime: 3_600)), world)
        let client = try client(version)
        try connect(server, client)
        world.pass(3_599)
        #expect(try connect(server, client).server.evidence?.wasResumed == true)
        world.pass(3_600)
        #expect(try connect(server, client).server.evidence?.wasResumed == false)
    }

    @Test("tickets outlive one rotation of keys, renewed, and not the second", arguments: modern)
    func ticketRotation(_ version: TLSVersion) throws {
        let world = Resumptions.World()
        let server = try server(.tickets(try TLSTicketKeys(rotationInterval: 3_600)), world)
        let client = try client(version)
        try connect(server, client)
        for _ in 0..<4 {
            world.pass(3_600)
            // Each resumption brings a ticket under the newer key.
            #expect(try connect(server, client).server.evidence?.wasResumed == true)
        }
        world.pass(7_200)
        #expect(try connect(server, client).server.evidence?.wasResumed == false)
    }

    @Test("gateways that share ticket keys resume each other's sessions", arguments: modern)
    func sharedTickets(_ version: TLSVersion) throws {
        let world = Resumptions.World()
        let leader = try TLSTicketKeys()
        let follower = try TLSTicketKeys(rotates: false)
        let one = try server(.tickets(leader), world)
        let other = try server(.tickets(follower), world)
        let client = try client(version)
        // Without keys, none are issued; a resumption is refused and the handshake is whole.
        try connect(other, client)
        #expect(client.current.entry.clientSessions?.take() == nil)
        try connect(one, client)
        #expect(try connect(other, client).server.evidence?.wasResumed == false)
        follower.adopt(leader.export(now: world.now()))
        try connect(one, client)
        #expect(try connect(other, client).server.evidence?.wasResumed == true)
        #expect(try connect(one, client).server.evidence?.wasResumed == true)
    }

    @Test("a cache stays within its bounds, and TLS 1.3 sessions are used once", arguments: modern)
    func cacheBounds(_ version: TLSVersion) throws {
        let cache = TLSSessionCache(maximumSessions: 3)
        let server = try server(.cache(cache), Resumptions.World())
        let client = try client(version)
        for _ in 0..<4 { try connect(server, client) }
        #expect(cache.count == 1)
        #expect((5_000...8_000).contains(cache.bytes))
        for _ in 0..<5 { try connect(server, try self.client(version)) }
        #expect(cache.count == 3)
    }

    @Test("sessions are removed by certificate", arguments: modern)
    func removal(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        let cache = TLSSessionCache()
        let server = try server(.cache(cache), Resumptions.World())
        let ec = try client(version, pki.deviceEC)
        let rsa = try client(version, pki.deviceRSA)
        try connect(server, ec)
        try connect(server, rsa)
        let id = try pki.deviceEC.credential.storage.fingerprint
        #expect(cache.removeAll { $0 == id } == 1)
        #expect(try connect(server, ec).server.evidence?.wasResumed == false)
        #expect(try connect(server, rsa).server.evidence?.wasResumed == true)
        let live = try connect(server, rsa, closing: false)
        live.server.forgetSession()
        #expect(cache.removeAll { $0 != id } == 0)
        #expect(try connect(server, rsa).server.evidence?.wasResumed == false)
        cache.removeAll()
        #expect(cache.count == 0 && cache.bytes == 0)
    }

    @Test("what decides about admission separates sessions", arguments: modern, Kind.allCases)
    func configurations(_ version: TLSVersion, _ kind: Kind) throws {
        let pki = try TestPKI.shared
        let world = Resumptions.World()
        let resumption = try kind.make()
        let changes: [(inout TLSServerConfiguration) throws -> Void] = [
            { $0.clientCertificate = .optional },
            { $0.clientAuthoritiesPEM = pki.authority.certificate },
            { $0.credentials = [try pki.serverRSA.credential] },
            { $0.groups = "P-256" },
            { $0.versions = .v1_0 ... .v1_3 },
            { $0.cipherSuites = "ECDHE-ECDSA-AES128-GCM-SHA256" },
            { $0.cipherSuitesTLS13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384" },
        ]
        for change in changes {
            let client = try client(version)
            try connect(try server(resumption, world), client)
            #expect(
                try connect(try server(resumption, world, change), client).server.evidence?.wasResumed
                    == false)
        }
        // Reading the same configuration again, as after a restart, separates nothing.
        let client = try client(version)
        try connect(try server(resumption, world), client)
        #expect(try connect(try server(resumption, world), client).server.evidence?.wasResumed == true)
    }

    @Test("an expired certificate is not resumed where chains are verified", arguments: modern, Kind.allCases)
    func validity(_ version: TLSVersion, _ kind: Kind) throws {
        let pki = try TestPKI.shared
        let world = Resumptions.World()
        // The authority is older than the device, and ends before it.
        let end = try pki.authority.credential.notAfter
        world.time.withLock { $0 = end - 1 }
        let server = try server(try kind.make(), world) {
            $0.clientAuthoritiesPEM = pki.authority.certificate
            $0.verifyClient = nil
        }
        let client = try client(version)
        try connect(server, client)
        #expect(try connect(server, client).server.evidence?.wasResumed == true)
        let deviceEnd = try pki.deviceEC.credential.notAfter
        world.time.withLock { $0 = deviceEnd + 1 }
        let pair = try EnginePair(server: server, client: client)
        #expect(pair.runToFailure().server?.alert == TLSAlert(.sent, 45))
    }

    @Test("many threads share a cache that is too small and is emptied under them", arguments: modern)
    func threads(_ version: TLSVersion) async throws {
        let cache = TLSSessionCache(maximumSessions: 3)
        let server = try server(.cache(cache), Resumptions.World())
        let clients = [try client(version), try client(version, try TestPKI.shared.deviceRSA)]
        let resumed = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var resumed = 0
                    for round in 0..<25 {
                        let pair = try self.connect(server, clients[(worker + round) % 2])
                        if pair.server.evidence?.wasResumed == true { resumed += 1 }
                        if round % 10 == 9 { cache.removeAll() }
                    }
                    return resumed
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(resumed > 0)
        #expect(cache.count <= 3)
    }
}
