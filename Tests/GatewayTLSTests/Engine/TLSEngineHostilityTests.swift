import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Peers that mean harm")
struct TLSEngineHostilityTests {
    @Test("a flood of key updates ends the connection; data in between is the excuse")
    func keyUpdateFlood() throws {
        let server = try Contexts.server()
        let flood = try EnginePair(server: server, client: try Contexts.client(versions: .v1_3 ... .v1_3))
        try flood.run()
        for _ in 0..<32 { try flood.client.updateKeys(request: true, output: &flood.toServer) }
        try flood.run()
        #expect(flood.server.state == .established)
        try flood.client.updateKeys(request: false, output: &flood.toServer)
        #expect(flood.runToFailure().server?.code == .limitExceeded)

        let honest = try EnginePair(server: server, client: try Contexts.client(versions: .v1_3 ... .v1_3))
        try honest.run()
        for byte in UInt8(0)..<100 {
            try honest.client.updateKeys(request: byte.isMultiple(of: 2), output: &honest.toServer)
            try honest.client.send([byte], output: &honest.toServer)
            try honest.run()
        }
        #expect(honest.atServer == Array(0..<100))
    }

    @Test("a flood of key updates ends where its limit is, also inside one read")
    func keyUpdateFloodInOneRead() throws {
        let pair = try EnginePair(
            server: try Contexts.server(), client: try Contexts.client(versions: .v1_3 ... .v1_3))
        try pair.run()
        for _ in 0..<500 { try pair.client.updateKeys(request: true, output: &pair.toServer) }
        try pair.client.send([1], output: &pair.toServer)
        var output = ByteBuffer()
        var received: [UInt8] = []
        #expect(throws: TLSError.self) {
            try pair.server.receive(
                Array(pair.toServer.readableBytesView), scratch: TLSScratch(), output: &output
            ) { bytes in
                received += bytes
                return .continue
            }
        }
        // An answer to a key update is a record of 27 bytes.
        #expect(output.readableBytes < 40 * 27)
        #expect(received.isEmpty)
    }

    @Test("a ClientHello of more than 16 KiB is refused")
    func hugeHello() throws {
        let server = try TLSEngine(context: try Contexts.server())
        let scratch = TLSScratch()
        var output = ByteBuffer()
        var record: [UInt8] = [0x16, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff]
        record += [UInt8](repeating: 0, count: 0x4000 - 4)
        let next: [UInt8] = [0x16, 3, 1, 0x40, 0] + [UInt8](repeating: 0, count: 0x4000)
        var failure: TLSError?
        do throws(TLSError) {
            for bytes in [record, next] {
                try server.receive(bytes, scratch: scratch, output: &output) { _ in .continue }
            }
        } catch { failure = error }
        #expect(failure?.code == .limitExceeded)
        #expect(failure?.sideAtFault == .peer)
    }

    @Test("random bytes never establish anything", arguments: UInt64(1)...50)
    func garbage(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let server = try TLSEngine(context: try Contexts.serverForAllVersions)
        let scratch = TLSScratch()
        var output = ByteBuffer()
        var bytes = (0..<Int.random(in: 1...2000, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        if seed.isMultiple(of: 2) { bytes = [0x16, 3, 1, 0, 200, 1, 0, 0, 196] + bytes }
        do throws(TLSError) {
            try server.receive(bytes, scratch: scratch, output: &output) { _ in
                Issue.record("plaintext out of garbage")
                return .continue
            }
        } catch {
            #expect(error.sideAtFault == .peer)
        }
        #expect(server.evidence == nil)
        _ = server.receivedEndOfStream()
        #expect(server.state != .established)
    }

    @Test(
        "one altered byte in the client's flights: never a silent success",
        arguments: [TLSVersion.v1_2, .v1_3], UInt64(1)...60)
    func alteredFlights(_ version: TLSVersion, _ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pair = try EnginePair(
            server: try Contexts.serverForAllVersions,
            client: try Contexts.client(versions: version...version))
        let alteredFlight = Int.random(in: 0...1, using: &random)
        try pair.client.start(scratch: pair.scratch, output: &pair.toServer)
        var failures: [TLSError] = []
        for flight in 0..<4 {
            if flight == alteredFlight, pair.toServer.readableBytes > 0 {
                let index =
                    pair.toServer.readerIndex
                    + Int.random(in: 0..<pair.toServer.readableBytes, using: &random)
                let bit = UInt8(1) << UInt8.random(in: 0...7, using: &random)
                let byte = pair.toServer.getInteger(at: index, as: UInt8.self) ?? 0
                pair.toServer.setInteger(byte ^ bit, at: index)
            }
            do throws(TLSError) { try pair.stepServer() } catch {
                failures.append(error); pair.toServer.clear()
            }
            do throws(TLSError) { try pair.stepClient() } catch {
                failures.append(error); pair.toClient.clear()
            }
        }
        let bothEstablished = pair.server.state == .established && pair.client.state == .established
        // The record header's version is ignored by the standard (RFC 8446, section 5.1) and not
        // authenticated in a first flight: an altered bit there may pass, as may the compatibility
        // change_cipher_spec record.
        if bothEstablished {
            try pair.client.send([1], output: &pair.toServer)
            try pair.run()
            #expect(pair.atServer == [1])
        } else {
            #expect(!failures.isEmpty || pair.server.state == .handshaking)
        }
    }

    @Test("an altered record of data is refused with bad_record_mac", arguments: TLSVersion.allCases)
    func alteredData(_ version: TLSVersion) throws {
        let pair = try EnginePair(
            server: try Contexts.serverForAllVersions,
            client: try Contexts.client(versions: version...version))
        try pair.run()
        try pair.client.send([1, 2, 3], output: &pair.toServer)
        let last = pair.toServer.writerIndex - 1
        let byte = pair.toServer.getInteger(at: last, as: UInt8.self) ?? 0
        pair.toServer.setInteger(byte ^ 1, at: last)
        let failures = pair.runToFailure()
        #expect(failures.server?.code == .protocolViolation)
        #expect(failures.client?.alert == TLSAlert(.received, 20))
        #expect(pair.atServer.isEmpty)
    }

    @Test("data before the handshake has ended is refused")
    func earlySend() throws {
        let pair = try EnginePair(server: try Contexts.server(), client: try Contexts.client())
        #expect(throws: TLSError.self) { try pair.client.send([1], output: &pair.toServer) }
        #expect(pair.client.state == .handshaking)
    }
}
