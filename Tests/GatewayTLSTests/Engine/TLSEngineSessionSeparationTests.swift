import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Sessions are resumed where they were made, and nowhere else")
struct TLSEngineSessionSeparationTests: ResumptionTests {
    static let modern: [TLSVersion] = [.v1_2, .v1_3]
    typealias Kind = Resumptions.Kind

    /// Two domains alike but for the name, and others that differ in what else separates.
    private func domains(_ resumption: TLSResumption, _ world: Resumptions.World) throws -> TLSContext {
        let mutual = try configuration(resumption, world)
        return try TLSContext(
            domains: [
                TLSDomain(name: "a", serverNames: ["a.test"], ports: [1], configuration: mutual),
                TLSDomain(name: "b", serverNames: ["b.test"], configuration: mutual),
                TLSDomain(
                    name: "a", serverNames: ["a.test"], ports: [2],
                    configuration: try configuration(resumption, world, mode: .none)),
                TLSDomain(
                    name: "a", serverNames: ["a.test"], ports: [3], configuration: mutual,
                    applicationProtocol: "https"),
                TLSDomain(
                    name: "a", serverNames: ["a.test"], ports: [4],
                    configuration: try configuration(.off, world)),
                TLSDomain(name: "a", serverNames: ["a.test", "*.a.test"], ports: [5], configuration: mutual),
                TLSDomain(name: "c", serverNames: ["a.test"], ports: [6], configuration: mutual),
            ], now: world.now)
    }

    /// A client whose sessions reach whatever name it is told to ask for.
    private func connect(
        _ server: TLSContext, _ version: TLSVersion, _ name: String, port: Int, sessions: [SavedSession] = []
    ) throws -> (pair: EnginePair, sessions: [SavedSession]) {
        let client = try client(version, name: name)
        for session in sessions { client.current.entry.clientSessions?.add(session) }
        let pair = try connect(server, client, port: port)
        var kept: [SavedSession] = []
        if let newest = client.current.entry.clientSessions?.take() { kept.append(newest) }
        return (pair, kept)
    }

    @Test(
        "a session of one domain never resumes at another, at another client certificate mode, or elsewhere",
        arguments: modern, Kind.allCases)
    func separation(_ version: TLSVersion, _ kind: Kind) throws {
        let world = Resumptions.World()
        let server = try domains(try kind.make(), world)
        for (name, port, resumes) in [
            ("a.test", 1, true), ("a.test", 5, true), ("A.Test", 5, true),
            // RFC 6066, section 3: not under another name, though it be the same domain's.
            ("x.a.test", 5, false), ("a.test", 6, false),
            ("b.test", 1, false), ("a.test", 2, false), ("a.test", 3, false), ("a.test", 4, false),
        ] {
            let (_, sessions) = try connect(server, version, "a.test", port: 1)
            #expect(sessions.count == 1)
            let judgements = world.judgements
            let (pair, _) = try connect(server, version, name, port: port, sessions: sessions)
            #expect(pair.server.evidence?.wasResumed == resumes, "\(name):\(port)")
            // A foreign session's certificate isn't even shown to the judge.
            #expect(world.judgements - judgements == (port == 2 ? 0 : 1))
            #expect(pair.server.evidence?.domain == (name == "b.test" ? "b" : port == 6 ? "c" : "a"))
        }
    }

    @Test("a domain without resumption issues nothing beside one with", arguments: modern, Kind.allCases)
    func offBesideOn(_ version: TLSVersion, _ kind: Kind) throws {
        let server = try domains(try kind.make(), Resumptions.World())
        #expect(try connect(server, version, "a.test", port: 4).sessions.isEmpty)
        #expect(try connect(server, version, "b.test", port: 4).sessions.count == 1)
        #expect(server.current.entry.strayedSessions == 0)
    }

    @Test(
        "another listener's sessions do not resume, though the cache or the keys are shared",
        arguments: modern, Kind.allCases)
    func unnamedAndNamed(_ version: TLSVersion, _ kind: Kind) throws {
        let world = Resumptions.World()
        let resumption = try kind.make()
        let domains = try domains(resumption, world)
        let single = try server(resumption, world)
        let (_, sessions) = try connect(single, version, "a.test", port: 1)
        #expect(sessions.count == 1)
        let (pair, _) = try connect(domains, version, "a.test", port: 1, sessions: sessions)
        #expect(pair.server.evidence?.wasResumed == false)
    }
}
