import BrokerCore
import GatewayTLS
import Logging
import NIOCore
import X509Auth

/// What the connections of one event loop share: scratch memory, deadlines, wakes, counters.
///
/// Connections own no I/O buffers. Bytes on their way out collect here while one connection is at work and
/// leave as one write when it is done.
final class LoopContext {
    let core: GatewayCore
    let eventLoop: any EventLoop
    let scratch = TLSScratch()

    /// MQTT bytes of ``writer`` that are not yet on their way.
    var plaintext: ByteBuffer
    /// TLS records of ``writer`` that are not yet on their way.
    var ciphertext: ByteBuffer
    /// The one connection that may write into the buffers above.
    private(set) var writer: DeviceConnection?

    /// Scratch for matching; empty between two publishes.
    var routes: [Route] = []
    var wakes = WakeList()
    var counters = LoopCounters()
    private var reportedConnections = -1
    private var refusalBudget: ExplanationBudget
    private var unloggedRefusals = 0

    /// The moment the present event began; read once per event.
    private(set) var now: GatewayTime

    private(set) var connections: [UInt64: DeviceConnection] = [:]
    /// Admitted connections by the certificate they were admitted with.
    private var byCertificate: [CertificateID: Set<UInt64>] = [:]
    private var deadlines = DeadlineQueue()
    /// Connections that have not got through yet.
    var newcomers: HandshakeQueue<DeviceConnection>
    /// Whose turn it is to go on with a handshake.
    let turns: HandshakeTurns
    private(set) var isStopping = false
    private var ticker: RepeatedTask?
    /// Up to when revocation lists' deadlines have been seen to, in Unix seconds.
    var lastRevocationCheck: Int64
    /// Whom a change in the registry may concern and who has not been judged since.
    var rejudgements = RejudgementQueue()
    var isRejudgementScheduled = false

    init(core: GatewayCore, eventLoop: any EventLoop) {
        self.core = core
        self.eventLoop = eventLoop
        plaintext = ByteBufferAllocator().buffer(capacity: 16_384)
        ciphertext = ByteBufferAllocator().buffer(capacity: 16_384)
        now = core.clock.now()
        lastRevocationCheck = now.unixSeconds
        let limits = core.configuration.limits
        newcomers = HandshakeQueue(
            maximumSilent: limits.maximumSilentPerEventLoop,
            maximumInProgress: limits.maximumHandshakesPerEventLoop)
        turns = HandshakeTurns(eventLoop: eventLoop, limits: HandshakeBudgetLimits(limits))
        refusalBudget = ExplanationBudget(perSecond: limits.maximumExplanationsPerSecond)
    }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticker = eventLoop.scheduleRepeatedTask(
            initialDelay: .milliseconds(100), delay: .milliseconds(100)
        ) { _ in bound.value.tick() }
    }

    func stop() {
        ticker?.cancel()
        ticker = nil
    }

    @discardableResult
    func refreshTime() -> GatewayTime {
        now = core.clock.now()
        return now
    }

    /// Ends what is overdue and hands the counters on. Called ten times a second.
    func tick() {
        refreshTime()
        while let id = deadlines.popDue(now: now.instant) {
            connections[id]?.deadlineReached()
        }
        flushWriter()
        rejudgeAtRevocationDeadline()
        core.broker.expire(now: now, wakes: &wakes)
        flushWakes()
        if unloggedRefusals > 0, refusalBudget.take(now: now.instant) {
            core.logger.info("more refused", metadata: ["count": "\(unloggedRefusals)"])
            unloggedRefusals = 0
        }
        core.metrics.add(counters)
        counters = LoopCounters()
        core.reportCounters()
        let open = core.openConnectionCount
        if open != reportedConnections {
            reportedConnections = open
            core.metrics.record(connections: open)
        }
    }

    func schedule(_ connection: DeviceConnection, at due: BrokerInstant) {
        deadlines.schedule(connection.id, at: due)
        // Entries of closed connections lie about until they are due; peers that come and go must not pile them up.
        if deadlines.count > 1_024 + 4 * connections.count {
            deadlines.keep { connections[$0] != nil }
        }
    }

    /// Tells of a refused peer. Observers and metrics hear of each; the log of as many as a person can read, since
    /// whoever reaches the port can be refused as often as it likes.
    func report(_ refusal: GatewayEvent) {
        let isLogged = refusalBudget.take(now: now.instant)
        if !isLogged { unloggedRefusals += 1 }
        core.report(refusal, isLogged: isLogged)
    }

    // MARK: Connections

    func add(_ connection: DeviceConnection) {
        connections[connection.id] = connection
    }

    /// The connection was admitted with this certificate: changes of it concern the connection.
    func connectionAdmitted(_ connection: DeviceConnection, certificate: CertificateID) {
        byCertificate[certificate, default: []].insert(connection.id)
    }

    /// The connections that were admitted with this certificate.
    func connections(of certificate: CertificateID) -> Set<UInt64> { byCertificate[certificate] ?? [] }

    func remove(_ connection: DeviceConnection) {
        connections[connection.id] = nil
        if let certificate = connection.admitted?.identity.certificate {
            byCertificate[certificate]?.remove(connection.id)
            if byCertificate[certificate]?.isEmpty == true { byCertificate[certificate] = nil }
        }
        if writer === connection {
            plaintext.clear()
            ciphertext.clear()
            writer = nil
        }
    }

    /// Wakes those whom the connections of this loop have given something to do.
    func flushWakes() {
        while !wakes.isEmpty {
            // Taken out first: whoever is woken may wake others.
            var batch = WakeList()
            swap(&batch, &wakes)
            batch.flush(current: eventLoop)
        }
    }

    // MARK: Deliveries

    private var batch: [Delivery] = []

    /// The loop's scratch for deliveries, taken while one connection drains.
    func takeBatch() -> [Delivery] {
        defer { batch = [] }
        return batch
    }

    func returnBatch(_ used: inout [Delivery]) {
        used.removeAll(keepingCapacity: true)
        swap(&batch, &used)
    }

    // MARK: Output

    /// Makes `connection` the one that writes; another's bytes leave first.
    @inline(__always)
    func acquire(_ connection: DeviceConnection) {
        if writer !== connection {
            writer?.transport.flush()
            writer = connection
        }
    }

    /// A buffer that has grown past this is not kept.
    private static let maximumKeptCapacity = 1_048_576

    // A buffer is taken out before it is written: a write that fills the socket's queue and empties it again
    // calls back before it returns, and must not find the same bytes a second time. Afterwards its memory
    // serves again, unless another buffer was begun meanwhile.

    func takePlaintext() -> ByteBuffer {
        var bytes = ByteBuffer()
        swap(&bytes, &plaintext)
        return bytes
    }

    func returnPlaintext(_ bytes: consuming ByteBuffer) {
        guard plaintext.capacity == 0, bytes.capacity <= Self.maximumKeptCapacity else { return }
        bytes.clear()
        plaintext = bytes
    }

    func takeCiphertext() -> ByteBuffer {
        var bytes = ByteBuffer()
        swap(&bytes, &ciphertext)
        return bytes
    }

    func returnCiphertext(_ bytes: consuming ByteBuffer) {
        guard ciphertext.capacity == 0, bytes.capacity <= Self.maximumKeptCapacity else { return }
        bytes.clear()
        ciphertext = bytes
    }

    /// Sends what the present writer has collected.
    func flushWriter() {
        writer?.transport.flush()
        writer = nil
    }

    func releaseWriter(_ connection: DeviceConnection) {
        if writer === connection { writer = nil }
    }
}

extension LoopContext {
    /// Ends one connection, if it is one of this loop's.
    func end(_ id: UInt64, _ end: ConnectionEnd) {
        guard let connection = connections[id] else { return }
        refreshTime()
        connection.end(end)
        flushWriter()
        flushWakes()
    }

    /// The gateway stops: tell everyone.
    func endAll() {
        refreshTime()
        isStopping = true
        for connection in Array(connections.values) { connection.end(.shuttingDown) }
        flushWriter()
    }
}
