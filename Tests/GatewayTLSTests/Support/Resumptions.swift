import NIOCore
import Synchronization
import Testing

@testable import GatewayTLS

enum Resumptions {
    /// A clock and a judge that a test moves.
    final class World: Sendable {
        /// Well within every certificate's validity.
        let time = Mutex<Int64>(((try? TestPKI.shared.deviceEC.credential.notBefore) ?? 0) + 86_400)
        let verdict = Mutex(TLSVerdict.accept)
        let judged = Mutex<[TLSPeerCertificates]>([])

        var now: TLSClock { { self.time.withLock { $0 } } }
        func pass(_ seconds: Int64) { time.withLock { $0 += seconds } }
        var judgements: Int { judged.withLock { $0.count } }
    }

    enum Kind: CaseIterable, Sendable {
        case cache, tickets

        func make() throws -> TLSResumption {
            switch self {
            case .cache: .cache(TLSSessionCache(lifetime: 3_600))
            case .tickets: .tickets(try TLSTicketKeys(rotationInterval: 3_600))
            }
        }
    }

}

/// Servers that let sessions be resumed, and clients that resume them.
protocol ResumptionTests: Sendable {}

extension ResumptionTests {
    func configuration(
        _ resumption: TLSResumption, _ world: Resumptions.World, mode: TLSClientCertificateMode = .required,
        _ change: (inout TLSServerConfiguration) throws -> Void = { _ in }
    ) throws -> TLSServerConfiguration {
        var configuration = TLSServerConfiguration(
            credentials: [try TestPKI.shared.serverEC.credential], clientCertificate: mode)
        if mode != .none {
            configuration.verifyClient = { peer in
                world.judged.withLock { $0.append(peer) }
                return world.verdict.withLock { $0 }
            }
        }
        configuration.resumption = resumption
        try change(&configuration)
        return configuration
    }

    func server(
        _ resumption: TLSResumption, _ world: Resumptions.World, mode: TLSClientCertificateMode = .required,
        _ change: (inout TLSServerConfiguration) throws -> Void = { _ in }
    ) throws -> TLSContext {
        try TLSContext(server: try configuration(resumption, world, mode: mode, change), now: world.now)
    }

    func client(
        _ version: TLSVersion, _ identity: TestPKI.Identity? = nil, name: String = "gateway.test"
    ) throws -> TLSContext {
        var configuration = TLSClientConfiguration(
            credential: try (identity ?? TestPKI.shared.deviceEC).credential, versions: version...version,
            serverName: name, verification: .dangerouslyNone)
        configuration.resumesSessions = true
        return try TLSContext(client: configuration)
    }

    /// Connects, exchanges a byte, and closes in order.
    @discardableResult
    func connect(
        _ server: TLSContext, _ client: TLSContext, closing: Bool = true, port: Int? = nil
    ) throws -> EnginePair {
        let pair = try EnginePair(server: server, client: client, port: port)
        try pair.run()
        try pair.client.send([1], output: &pair.toServer)
        try pair.server.send([2], output: &pair.toClient)
        try pair.run()
        #expect(pair.atServer == [1] && pair.atClient == [2])
        if closing {
            pair.client.closeOutput(output: &pair.toServer)
            pair.server.closeOutput(output: &pair.toClient)
            try pair.run()
        }
        return pair
    }
}
