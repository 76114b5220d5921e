import NIOCore
import Testing

@testable import GatewayTLS

@Suite("The gate before any cryptography")
struct AcceptGateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func address(_ text: String) throws -> SocketAddress {
        try SocketAddress(ipAddress: text, port: 9)
    }

    private func limits(_ change: (inout TLSAcceptLimits) -> Void) -> TLSAcceptLimits {
        var limits = TLSAcceptLimits()
        limits.maximumConnectionsPerPrefix = nil
        limits.connectionsPerPrefix = nil
        change(&limits)
        return limits
    }

    /// What becomes of a connection.
    private func refusal(
        _ gate: inout AcceptGate, _ text: String, _ now: NIODeadline
    ) throws -> AcceptRefusal? {
        do throws(AcceptRefusal) {
            _ = try gate.admit(from: try? address(text), now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("connections in all: as many as allowed, and again when some have gone")
    func total() throws {
        var gate = AcceptGate(limits: limits { $0.maximumConnections = 2 })
        let first = try gate.admit(from: try address("192.0.2.1"), now: start)
        _ = try gate.admit(from: nil, now: start)
        #expect(throws: AcceptRefusal.connections) { try gate.admit(from: nil, now: start) }
        gate.release(first, now: start)
        #expect(gate.connectionCount == 1)
        _ = try gate.admit(from: nil, now: start)
        #expect(gate.counters[.accepted] == 3 && gate.counters[.refusedConnections] == 1)
    }

    @Test("connections per prefix: one cannot take another's places")
    func perPrefix() throws {
        var gate = AcceptGate(limits: limits { $0.maximumConnectionsPerPrefix = 2 })
        let first = try gate.admit(from: try address("2001:db8:0:100::1"), now: start)
        _ = try gate.admit(from: try address("2001:db8:0:1ff::2"), now: start)
        let prefix = try #require(AddressPrefix("2001:db8:0:100::/56"))
        #expect(try refusal(&gate, "2001:db8:0:101::", start) == .prefixConnections(prefix))
        #expect(try refusal(&gate, "2001:db8:0:200::", start) == nil)
        #expect(try refusal(&gate, "192.0.2.1", start) == nil)
        #expect(try refusal(&gate, "::ffff:192.0.2.1", start) == nil)
        let four = try #require(AddressPrefix("192.0.2.1"))
        #expect(try refusal(&gate, "192.0.2.1", start) == .prefixConnections(four))
        #expect(try refusal(&gate, "192.0.2.2", start) == nil)
        gate.release(first, now: start)
        #expect(try refusal(&gate, "2001:db8:0:101::", start) == nil)
        #expect(gate.counters[.refusedPrefixConnections] == 2)
    }

    @Test("rates: everybody's, and one prefix's, which does not use up everybody's")
    func rates() throws {
        var gate = AcceptGate(
            limits: limits {
                $0.connections = AcceptRate(perSecond: 10, burst: 4)
                $0.connectionsPerPrefix = AcceptRate(perSecond: 1, burst: 2)
            })
        let prefix = try #require(AddressPrefix("192.0.2.1"))
        for _ in 0..<2 { #expect(try refusal(&gate, "192.0.2.1", start) == nil) }
        for _ in 0..<9 { #expect(try refusal(&gate, "192.0.2.1", start) == .prefixRate(prefix)) }
        for last in 2...3 { #expect(try refusal(&gate, "192.0.2.\(last)", start) == nil) }
        #expect(try refusal(&gate, "192.0.2.4", start) == .rate)
        #expect(try refusal(&gate, "192.0.2.4", start + .milliseconds(100)) == nil)
        #expect(gate.counters[.refusedPrefixRate] == 9 && gate.counters[.refusedRate] == 1)
    }

    @Test("whom other limits refuse is not told that room is lacking, which would cost somebody else's place")
    func fullness() throws {
        var gate = AcceptGate(
            limits: limits {
                $0.maximumConnections = 2
                $0.connections = AcceptRate(perSecond: 1, burst: 4)
                $0.connectionsPerPrefix = AcceptRate(perSecond: 1, burst: 1)
            })
        _ = try gate.admit(from: try address("192.0.2.1"), now: start)
        let second = try gate.admit(from: try address("192.0.2.2"), now: start)
        let prefix = try #require(AddressPrefix("192.0.2.1"))
        #expect(try refusal(&gate, "192.0.2.1", start) == .prefixRate(prefix))
        // Asking costs nothing: whoever is told so comes again when there is room.
        for _ in 0..<3 { #expect(try refusal(&gate, "192.0.2.3", start) == .connections) }
        gate.release(second, now: start)
        let third = try gate.admit(from: try address("192.0.2.3"), now: start)
        gate.release(third, now: start)
        _ = try gate.admit(from: try address("192.0.2.4"), now: start)
        #expect(try refusal(&gate, "192.0.2.5", start) == .rate)
    }

    @Test("a rate holds across connections that come and go")
    func rateWithoutConnections() throws {
        var gate = AcceptGate(limits: limits { $0.connectionsPerPrefix = AcceptRate(perSecond: 1, burst: 3) })
        for _ in 0..<3 {
            gate.release(try gate.admit(from: try address("192.0.2.1"), now: start), now: start)
        }
        let prefix = try #require(AddressPrefix("192.0.2.1"))
        #expect(try refusal(&gate, "192.0.2.1", start) == .prefixRate(prefix))
        #expect(gate.connectionCount == 0)
    }

    @Test("exempt addresses have no prefix; by default this machine's")
    func exempt() throws {
        var own = limits { $0.maximumConnectionsPerPrefix = 1 }
        var gate = AcceptGate(limits: own)
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            for _ in 0..<3 { #expect(try refusal(&gate, text, start) == nil) }
        }
        own.exemptPrefixes = []
        gate = AcceptGate(limits: own)
        #expect(try refusal(&gate, "127.0.0.1", start) == nil)
        #expect(try refusal(&gate, "127.0.0.1", start) != nil)
    }

    @Test("behind a proxy the address that counts is the one it names")
    func identified() throws {
        var gate = AcceptGate(limits: limits { $0.maximumConnectionsPerPrefix = 1 })
        var permits: [AcceptPermit] = []
        // Any number from the proxy, whose own address does not count.
        for _ in 0..<3 { permits.append(try gate.admit(from: nil, now: start)) }
        try gate.identify(&permits[0], as: try address("192.0.2.1"), now: start)
        let prefix = try #require(AddressPrefix("192.0.2.1"))
        #expect(throws: AcceptRefusal.prefixConnections(prefix)) {
            try gate.identify(&permits[1], as: try address("192.0.2.1"), now: start)
        }
        try gate.identify(&permits[2], as: try address("192.0.2.2"), now: start)
        // The refused one gives back its place in all, and nobody else's in the prefix.
        gate.release(permits[1], now: start)
        #expect(throws: AcceptRefusal.self) {
            try gate.identify(&permits[2], as: try address("192.0.2.1"), now: start)
        }
        gate.release(permits[0], now: start)
        gate.release(permits[2], now: start)
        #expect(gate.connectionCount == 0 && gate.prefixCount == 0)
    }

    @Test("prefixes are forgotten: at once when nothing is to be remembered, and past a bound")
    func boundedMemory() throws {
        let rate = AcceptRate(perSecond: 1, burst: 2)
        var gate = AcceptGate(
            limits: limits {
                $0.connectionsPerPrefix = rate
                $0.maximumIdlePrefixes = 100
            })
        for number in 0..<10_000 {
            let text = "10.0.\(number >> 8).\(number & 255)"
            gate.release(try gate.admit(from: try address(text), now: start), now: start)
            #expect(gate.prefixCount <= 100)
        }
        // Time alone empties it as well, with the next that comes.
        let later = start + .seconds(60)
        for text in ["192.0.2.1", "192.0.2.2"] {
            gate.release(try gate.admit(from: try address(text), now: later), now: later)
        }
        gate.release(
            try gate.admit(from: try address("192.0.2.3"), now: later + .seconds(60)),
            now: later + .seconds(60))
        #expect(gate.prefixCount <= 3)
    }

    @Test("agrees with a plain count over random histories", arguments: UInt64(1)...10)
    func model(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var gate = AcceptGate(
            limits: limits {
                $0.maximumConnections = 12
                $0.maximumConnectionsPerPrefix = 4
                $0.maximumIdlePrefixes = 2
            })
        var open: [(String, AcceptPermit)] = []
        for _ in 0..<1_000 {
            if Bool.random(using: &random) || open.isEmpty {
                let text = "192.0.2.\(Int.random(in: 1...5, using: &random))"
                let sameCount = open.filter { $0.0 == text }.count
                do throws(AcceptRefusal) {
                    guard let address = try? address(text) else { continue }
                    open.append((text, try gate.admit(from: address, now: start)))
                    #expect(sameCount < 4 && open.count <= 12)
                } catch .connections {
                    #expect(open.count == 12 && sameCount < 4)
                } catch {
                    #expect(sameCount == 4)
                }
            } else {
                let index = Int.random(in: 0..<open.count, using: &random)
                gate.release(open.remove(at: index).1, now: start)
            }
            #expect(gate.connectionCount == open.count)
            #expect(gate.prefixCount == Set(open.map(\.0)).count)
        }
    }

    @Test("counters tell what has happened since")
    func counters() throws {
        let gate = SharedAcceptGate(limits: limits { $0.maximumConnections = 1 })
        let before = gate.counters
        _ = gate.admit(from: nil, now: start)
        _ = gate.admit(from: nil, now: start)
        gate.count(.http)
        let changes = gate.counters.since(before)
        #expect(changes.map(\.event) == [.accepted, .refusedConnections, .http])
        #expect(changes.map(\.count) == [1, 1, 1])
    }
}
