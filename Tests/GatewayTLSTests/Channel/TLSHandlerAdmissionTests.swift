import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

@Suite("The host admits a connection after its handshake", .timeLimit(.minutes(1)))
struct TLSHandlerAdmissionTests {
    private typealias Admission = Question<TLSEvidence, TLSAdmission>

    private func server(
        _ question: Admission, version: TLSVersion = .v1_3, limits: TLSHandlerLimits = TLSHandlerLimits(),
        resumption: TLSResumption = .off
    ) async throws -> PatientServer {
        try await PatientServer(
            try Contexts.server(mode: .required, resumption: resumption),
            client: try Contexts.client(try TestPKI.shared.deviceEC, versions: version...version),
            limits: limits, admit: { await question.ask($0) })
    }

    /// The race of swift-nio-ssl's `additionalVerification`: a TLS 1.3 client sends right behind its Finished.
    @Test("data in the same segment as the client's Finished is held, unread, until then")
    func race() async throws {
        let question = Admission()
        let server = try await server(question)
        try await server.start()
        var flight = try await server.answer()
        // The client is connected before it has been judged.
        var data = try server.encrypt([1, 2, 3])
        flight.writeBuffer(&data)
        try await server.deliver(flight)
        let (evidence, answer) = try #require(await question.next())
        #expect(evidence.peer?.leaf == (try TestPKI.shared.deviceEC.der.first))
        let reads = try await server.reads
        // Whatever arrives all the same is kept as it is.
        try await server.deliver(try server.encrypt([4]))
        #expect(try await server.plaintext.isEmpty)
        #expect(try await server.evidence.isEmpty)
        #expect(try await server.failures.isEmpty)
        #expect(try await server.reads == reads)
        answer.resume(returning: .admit)
        #expect(try await server.wait { try await server.plaintext == [1, 2, 3, 4] })
        #expect(try await server.evidence == [evidence])
        #expect(try await server.reads > reads)
        try await server.deliver(try server.encrypt([5]))
        #expect(try await server.plaintext == [1, 2, 3, 4, 5])
    }

    @Test("what is held is bounded")
    func bound() async throws {
        let question = Admission()
        let server = try await server(question)
        try await server.connect()
        let (_, answer) = try #require(await question.next())
        let chunk = [UInt8](repeating: 7, count: 16_000)
        for _ in 0..<40 { try await server.deliver(try server.encrypt(chunk)) }
        #expect(try await server.failures.count == 1)
        #expect(!server.channel.isActive)
        #expect(try await server.plaintext.isEmpty)
        answer.resume(returning: .admit)
    }

    /// A channel that learns of the peer's end reads all that came before it, whether asked for or not.
    @Test("a peer that sends and ends its side meanwhile", arguments: [0, 1, 1_000_000])
    func halfClosed(_ count: Int) async throws {
        let question = Admission()
        let server = try await server(question)
        try await server.connect()
        let (_, answer) = try #require(await question.next())
        let asking = try await server.asking
        try await server.deliver(try server.encrypt([UInt8](repeating: 7, count: count)))
        if server.channel.isActive { try await server.end() }
        let failures = try await server.failures
        #expect(
            failures.map(\.code) == [
                count > TLSEngine.maximumKeptCiphertext ? .limitExceeded : .truncated
            ])
        #expect(failures.map(\.sideAtFault) == [.peer])
        #expect(!server.channel.isActive)
        answer.resume(returning: .admit)
        await asking.value
        await server.loop.run()
        #expect(try await server.plaintext.isEmpty)
        #expect(try await server.evidence.isEmpty)
        #expect(try await server.failures.count == 1)
    }

    @Test("close_notify meanwhile ends the connection when it is read, and delivers what came before")
    func closeNotify() async throws {
        let question = Admission()
        let server = try await server(question)
        try await server.connect()
        let (_, answer) = try #require(await question.next())
        var last = try server.encrypt([1])
        server.client.closeOutput(output: &last)
        try await server.deliver(last)
        #expect(server.channel.isActive)
        answer.resume(returning: .admit)
        #expect(try await server.wait { !server.channel.isActive })
        #expect(try await server.plaintext == [1])
        #expect(try await server.failures.isEmpty)
        _ = try await server.answer()
        #expect(server.clientSawClose)
    }

    @Test(
        "denied: close_notify, no plaintext, no session to resume, and an error that says why",
        arguments: [TLSVersion.v1_2, .v1_3])
    func denied(_ version: TLSVersion) async throws {
        let question = Admission()
        let cache = TLSSessionCache()
        let server = try await server(question, version: version, resumption: .cache(cache))
        try await server.connect()
        try await server.deliver(try server.encrypt([1]))
        let (_, answer) = try #require(await question.next())
        #expect(cache.count == 1)
        answer.resume(returning: .deny(reason: "not one of ours"))
        #expect(try await server.wait { try await server.failures.count == 1 })
        #expect(try await server.failures.map(\.code) == [.admissionDenied])
        #expect(try await server.failures.map(\.message) == ["not one of ours"])
        #expect(cache.count == 0)
        _ = try await server.answer()
        #expect(server.clientSawClose && server.clientFailure == nil && !server.channel.isActive)
        #expect(try await server.plaintext.isEmpty)
        #expect(try await server.evidence.isEmpty)
    }

    @Test("no decision in time is none in favour; a late one changes nothing")
    func timeout() async throws {
        let question = Admission()
        var limits = TLSHandlerLimits()
        limits.admissionTimeout = .seconds(3)
        let server = try await server(question, limits: limits)
        try await server.connect()
        let (_, answer) = try #require(await question.next())
        let asking = try await server.asking
        await server.loop.advanceTime(by: .milliseconds(2_999))
        #expect(server.channel.isActive)
        await server.loop.advanceTime(by: .milliseconds(1))
        #expect(try await server.failures.map(\.code) == [.admissionTimedOut])
        #expect(!server.channel.isActive)
        answer.resume(returning: .admit)
        await asking.value
        await server.loop.run()
        #expect(try await server.evidence.isEmpty)
        #expect(try await server.failures.count == 1)
    }

    @Test("a peer that leaves meanwhile: the task is cancelled, and its answer ignored")
    func lost() async throws {
        let (cancelled, send) = AsyncStream<Bool>.makeStream()
        let server = try await PatientServer(
            try Contexts.server(), client: try Contexts.client(),
            admit: { _ in
                try? await Task.sleep(for: .seconds(60))
                send.yield(Task.isCancelled)
                return .admit
            })
        try await server.connect()
        try await server.channel.close()
        await server.loop.run()
        var iterator = cancelled.makeAsyncIterator()
        #expect(await iterator.next() == true)
        #expect(try await server.evidence.isEmpty)
    }

    @Test("writes before the admission go out after it")
    func earlyWrites() async throws {
        let question = Admission()
        let server = try await server(question)
        try await server.connect()
        let (_, answer) = try #require(await question.next())
        let written = server.channel.eventLoop.makePromise(of: Void.self)
        server.channel.writeAndFlush(ByteBuffer(bytes: [9]), promise: written)
        try await server.exchange()
        #expect(server.atClient.isEmpty)
        answer.resume(returning: .admit)
        #expect(
            try await server.wait {
                try await server.exchange()
                return server.atClient == [9]
            })
        try await written.futureResult.get()
    }
}

@Suite("The host looks a domain up while a handshake waits", .timeLimit(.minutes(1)))
struct TLSHandlerDomainTests {
    private typealias LookUp = Question<TLSClientHello, TLSContext?>

    private func server(
        _ question: LookUp, limits: TLSHandlerLimits = TLSHandlerLimits(),
        resumption: TLSResumption = .off
    ) async throws -> PatientServer {
        try await PatientServer(
            try TLSContext(domains: [], lookUp: { await question.ask($0) }), client: try Contexts.client(),
            limits: limits)
    }

    @Test("reads are off until the answer, which the handshake goes on with")
    func found() async throws {
        let question = LookUp()
        let server = try await server(question)
        try await server.start()
        let (hello, answer) = try #require(await question.next())
        #expect(hello.serverName == "gateway.test")
        let reads = try await server.reads
        #expect(try await server.answer().readableBytes == 0)
        #expect(try await server.reads == reads)
        answer.resume(returning: try Contexts.server())
        #expect(
            try await server.wait {
                try await server.exchange()
                return try await server.evidence.count == 1
            })
        #expect(try await server.reads > reads)
        try await server.deliver(try server.encrypt([1]))
        #expect(try await server.plaintext == [1])
    }

    @Test("nothing found: unrecognized_name")
    func notFound() async throws {
        let question = LookUp()
        let server = try await server(question)
        try await server.start()
        let (_, answer) = try #require(await question.next())
        answer.resume(returning: nil)
        #expect(try await server.wait { try await server.failures.count == 1 })
        _ = try await server.answer()
        #expect(server.clientFailure?.alert == TLSAlert(.received, 112))
    }

    @Test("the handshake's deadline goes on meanwhile; a late answer changes nothing")
    func timeout() async throws {
        let question = LookUp()
        let server = try await server(question)
        try await server.start()
        let (_, answer) = try #require(await question.next())
        let asking = try await server.asking
        await server.loop.advanceTime(by: .seconds(15))
        #expect(try await server.failures.map(\.code) == [.handshakeTimedOut])
        answer.resume(returning: try Contexts.server())
        await asking.value
        await server.loop.run()
        #expect(try await server.failures.count == 1)
        #expect(try await server.evidence.isEmpty)
    }

    @Test("a look-up that never answers holds no TLS state once its connection has gone")
    func never() async throws {
        let question = LookUp()
        let server = try await server(question)
        try await server.start()
        let (_, answer) = try #require(await question.next())
        #expect(try await server.hasEngine)
        await server.loop.advanceTime(by: .seconds(15))
        #expect(!server.channel.isActive)
        #expect(try await !server.hasEngine)
        answer.resume(returning: nil)
    }
}
