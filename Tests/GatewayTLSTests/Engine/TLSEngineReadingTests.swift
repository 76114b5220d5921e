import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Reading: pauses, nesting, order")
struct TLSEngineReadingTests {
    private func established(_ version: TLSVersion = .v1_3) throws -> EnginePair {
        let pair = try EnginePair(
            server: try Contexts.server(), client: try Contexts.client(versions: version...version))
        try pair.run()
        return pair
    }

    @Test("several records in one read are lent at once")
    func coalescing() throws {
        let pair = try established()
        for byte in UInt8(0)..<16 { try pair.client.send([byte], output: &pair.toServer) }
        pair.lendings = 0
        try pair.run()
        #expect(pair.atServer == Array(0..<16))
        #expect(pair.lendings == 1)
    }

    @Test("a pause keeps what is unread until it is lifted; nothing is lost")
    func pausing() throws {
        let pair = try established()
        let message = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        try pair.client.send(message, output: &pair.toServer)
        var received: [UInt8] = []
        var output = ByteBuffer()
        let pauseAfter: (UnsafeRawBufferPointer) -> TLSReadDemand = { bytes in
            received += bytes
            return .pause
        }
        let whole = Array(pair.toServer.readableBytesView)
        let half = whole.count / 2
        try pair.server.receive(
            Array(whole[..<half]), scratch: pair.scratch, output: &output, onPlaintext: pauseAfter)
        #expect(pair.server.isPaused)
        let first = received.count
        #expect(first > 0 && first <= 65_536)
        try pair.server.receive(
            Array(whole[half...]), scratch: pair.scratch, output: &output, onPlaintext: pauseAfter)
        #expect(received.count == first)
        while pair.server.isPaused, received.count < message.count {
            let before = received.count
            try pair.server.resumeReading(scratch: pair.scratch, output: &output, onPlaintext: pauseAfter)
            try #require(received.count > before)
        }
        #expect(received == message)
    }

    @Test("a pause between records of one read keeps those behind it, and their order")
    func pausingBetweenRecords() throws {
        let pair = try established()
        let small = TLSScratch(size: TLSScratch.minimumSize)
        for byte in UInt8(0)..<5 { try pair.client.send([byte], output: &pair.toServer) }
        let first = Array(pair.toServer.readableBytesView)
        pair.toServer.clear()
        for byte in UInt8(5)..<8 { try pair.client.send([byte], output: &pair.toServer) }
        var received: [UInt8] = []
        var output = ByteBuffer()
        let pauseAfter: (UnsafeRawBufferPointer) -> TLSReadDemand = { bytes in
            received += bytes
            return .pause
        }
        try pair.server.receive(first, scratch: small, output: &output, onPlaintext: pauseAfter)
        try pair.server.receive(
            Array(pair.toServer.readableBytesView), scratch: small, output: &output, onPlaintext: pauseAfter)
        for count in 1..<8 {
            #expect(received == Array(0..<UInt8(count)))
            try pair.server.resumeReading(scratch: small, output: &output, onPlaintext: pauseAfter)
        }
        #expect(received == Array(0..<8))
    }

    @Test(
        "key updates, pieces of records, and close_notify behind a pause", arguments: [1, 30, 60, 100, 200])
    func pausingBeforeOtherRecords(_ cut: Int) throws {
        let pair = try established()
        let small = TLSScratch(size: TLSScratch.minimumSize)
        for byte in UInt8(0)..<4 {
            try pair.client.send([byte], output: &pair.toServer)
            try pair.client.updateKeys(request: true, output: &pair.toServer)
        }
        pair.client.closeOutput(output: &pair.toServer)
        let whole = Array(pair.toServer.readableBytesView)
        pair.toServer.clear()
        try #require(cut < whole.count)
        var received: [UInt8] = []
        let pauseAfter: (UnsafeRawBufferPointer) -> TLSReadDemand = { bytes in
            received += bytes
            return .pause
        }
        for part in [whole[..<cut], whole[cut...]] {
            try pair.server.receive(
                Array(part), scratch: small, output: &pair.toClient, onPlaintext: pauseAfter)
        }
        while !pair.server.peerClosed {
            let before = received.count
            try pair.server.resumeReading(scratch: small, output: &pair.toClient, onPlaintext: pauseAfter)
            try #require(received.count == before + 1 || pair.server.peerClosed)
        }
        #expect(received == [0, 1, 2, 3])
        // The answers are in order, and what is sent after them can be read.
        try pair.server.send([9], output: &pair.toClient)
        try pair.run()
        #expect(pair.atClient == [9])
    }

    @Test("what is kept in a pause is bounded")
    func boundedPause() throws {
        let pair = try established()
        var output = ByteBuffer()
        try pair.client.send([1], output: &pair.toServer)
        try pair.server.receive(
            Array(pair.toServer.readableBytesView), scratch: pair.scratch, output: &output
        ) { _ in
            .pause
        }
        let filler = [UInt8](repeating: 0, count: TLSEngine.maximumKeptCiphertext)
        try pair.server.receive(filler, scratch: pair.scratch, output: &output) { _ in .pause }
        #expect(throws: TLSError.self) {
            try pair.server.receive([0], scratch: pair.scratch, output: &output) { _ in .pause }
        }
    }

    @Test("the peer's close_notify behind a pause is seen after it")
    func closeBehindPause() throws {
        let pair = try established()
        try pair.client.send([UInt8](repeating: 1, count: 200_000), output: &pair.toServer)
        pair.client.closeOutput(output: &pair.toServer)
        var output = ByteBuffer()
        var count = 0
        try pair.server.receive(
            Array(pair.toServer.readableBytesView), scratch: pair.scratch, output: &output
        ) {
            count += $0.count
            return .pause
        }
        #expect(!pair.server.peerClosed)
        try pair.server.resumeReading(scratch: pair.scratch, output: &output) {
            count += $0.count
            return .continue
        }
        #expect(pair.server.peerClosed && count == 200_000)
    }

    @Test("a reader may send: in the order of return, the peer can read everything")
    func sendingWhileReading() throws {
        let pair = try established()
        try pair.client.send([1], output: &pair.toServer)
        try pair.client.updateKeys(request: true, output: &pair.toServer)
        try pair.client.send([UInt8](repeating: 2, count: 70_000), output: &pair.toServer)
        try pair.client.updateKeys(request: true, output: &pair.toServer)
        var inner = ByteBuffer()
        var outer = ByteBuffer()
        let server = pair.server
        try server.receive(Array(pair.toServer.readableBytesView), scratch: pair.scratch, output: &outer) {
            bytes in
            #expect(throws: Never.self) { try server.send(Array(bytes), output: &inner) }
            return .continue
        }
        pair.toServer.clear()
        pair.toClient = inner
        pair.toClient.writeBuffer(&outer)
        try pair.server.send([3], output: &pair.toClient)
        try pair.run()
        #expect(pair.atClient == [1] + [UInt8](repeating: 2, count: 70_000) + [3])
    }

    @Test("a reader may feed another connection of the same loop")
    func nestedEngines() throws {
        let outer = try established()
        let inner = try established()
        let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try outer.client.send(bytes, output: &outer.toServer)
        var seen: [UInt8] = []
        var output = ByteBuffer()
        try outer.server.receive(
            Array(outer.toServer.readableBytesView), scratch: outer.scratch, output: &output
        ) { lent in
            var ciphertext = ByteBuffer()
            var ignored = ByteBuffer()
            #expect(throws: Never.self) {
                try inner.client.send([UInt8](repeating: 0xee, count: 30_000), output: &ciphertext)
                try inner.server.receive(
                    Array(ciphertext.readableBytesView), scratch: outer.scratch, output: &ignored
                ) { _ in .continue }
            }
            seen += lent
            return .continue
        }
        #expect(seen == bytes)
    }

    @Test("a reader that feeds its own connection is served in order")
    func selfFeeding() throws {
        let pair = try established()
        try pair.client.send([1], output: &pair.toServer)
        let first = Array(pair.toServer.readableBytesView)
        pair.toServer.clear()
        try pair.client.send([2], output: &pair.toServer)
        let second = Array(pair.toServer.readableBytesView)
        var seen: [UInt8] = []
        var output = ByteBuffer()
        let server = pair.server
        try server.receive(first, scratch: pair.scratch, output: &output) { lent in
            seen += lent
            if seen == [1] {
                var other = ByteBuffer()
                #expect(throws: Never.self) {
                    try server.receive(second, scratch: pair.scratch, output: &other) { _ in .continue }
                }
            }
            return .continue
        }
        #expect(seen == [1, 2])
    }

    @Test(
        "a reader that finds the connection lost has the last word, whatever comes behind the data",
        arguments: [TLSVersion.v1_2, .v1_3], [true, false])
    func failingReader(_ version: TLSVersion, _ endsInOrder: Bool) throws {
        let pair = try established(version)
        try pair.client.send([1], output: &pair.toServer)
        if endsInOrder {
            pair.client.closeOutput(output: &pair.toServer)
        } else {
            pair.toServer.writeBytes([0x17, 3, 3, 0, 32] + [UInt8](repeating: 9, count: 32))
        }
        let server = pair.server
        var output = ByteBuffer()
        var failure: TLSError?
        let thrown = #expect(throws: TLSError.self) {
            try server.receive(
                Array(pair.toServer.readableBytesView), scratch: pair.scratch, output: &output
            ) { _ in
                failure = server.receivedEndOfStream()
                return .continue
            }
        }
        let found = try #require(failure)
        #expect(found.code == .truncated && thrown == found)
        #expect(server.state == .failed(found))
        #expect(throws: found) { try server.send([1], output: &output) }
    }

    @Test(
        "messages of any size pass", arguments: [0, 1, 16_383, 16_384, 16_385, 1_000_000], TLSVersion.allCases
    )
    func sizes(_ size: Int, _ version: TLSVersion) throws {
        let pair = try EnginePair(
            server: try Contexts.serverForAllVersions,
            client: try Contexts.client(versions: version...version))
        try pair.run()
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        try pair.client.send(message, output: &pair.toServer)
        try pair.run()
        #expect(pair.atServer == message)
    }
}
