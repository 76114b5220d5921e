import BrokerCore
import GatewayTLS
import MQTTCodec
import NIOCore
import X509Auth

/// One device's connection: feeds plaintext to the decoder and the protocol rules, and performs what they
/// answer with the authorizer and the broker.
///
/// Bound to its event loop, hence not Sendable. It opens no socket: bytes come from a ``ConnectionTransport``
/// and leave through the loop's buffers.
///
/// The work is split by meaning: `+Connect`, `+Publish`, `+Subscribe`, `+Deliver`, `+End`.
final class DeviceConnection {
    let id: UInt64
    let core: GatewayCore
    let loop: LoopContext
    /// Where the connection comes from: as a trusted proxy says, or the socket.
    private(set) var remoteAddress: String
    private(set) var sourceIP: String?
    /// Held, not borrowed: an answer of the registry or a wake can come when the channel has let go of its handler.
    /// The handler lets go of the connection when the channel becomes inactive.
    let transport: any ConnectionTransport

    var decoder: MQTTDecoder
    var machine: MQTTConnectionStateMachine
    /// Bytes of an unfinished packet, and of whatever arrived while the connection was being admitted.
    private var tail = ByteBuffer()

    var phase: Phase
    var admitted: Admitted?
    /// The claimed client identifier, for reports; only a claim until the connection is admitted.
    var claimedClientID: String?
    /// The certificate of a handshake that failed.
    var refusedCertificate: CertificateID?
    var explanationBudget: ExplanationBudget

    let acceptedAt: BrokerInstant
    private(set) var lastReceived: BrokerInstant
    var scheduledDeadline: BrokerInstant?
    /// Its place among those that have not got through yet.
    private var newcomer: HandshakeQueue<DeviceConnection>.Ticket?

    /// How far the connection has come.
    enum Phase {
        /// A proxy has to say whose connection it is, in so long.
        case awaitingProxyHeader(timeout: Duration)
        /// TLS endpoint, no byte of TLS yet.
        case awaitingFirstByte(since: BrokerInstant)
        case handshaking
        /// Secured, or plaintext from the start.
        case awaitingConnect(AdmissionRequest.Endpoint, since: BrokerInstant)
        case admitting(AdmissionRequest.Endpoint, since: BrokerInstant)
        case connected
        /// The last packet is sent; waiting for the peer to close.
        case finishing(until: BrokerInstant)
        case closed
    }

    /// What a connection has once it is admitted.
    struct Admitted {
        var identity: DeviceIdentity
        var session: BrokerSession
        var epoch: UInt64
        var target: ConnectionTarget
        var summary: ConnectionSummary
        var version: MQTTVersion
        /// The largest packet the client accepts, in bytes; `nil` without a limit.
        var maximumPacketSize: UInt32?
        /// Bytes a reason string may have; 0 sends none.
        var reasonStringLimit: Int
        /// `notAfter` of the certificate on the monotonic clock.
        var certificateDeadline: BrokerInstant?
        /// The last topic published to: most devices write to one, and its string need not be made anew.
        var lastTopic: String = ""

        /// As much of an explanation as this client may be told [MQTT-3.1.2-29].
        func reasonString(_ message: String) -> String? {
            guard reasonStringLimit > 0 else { return nil }
            return message.prefix(utf8Count: reasonStringLimit)
        }
    }

    /// Longest reason string, in bytes: enough for the sentence, never enough to break a packet's bounds.
    static let maximumReasonString = 256

    init(
        id: UInt64, loop: LoopContext, transport: any ConnectionTransport, remoteAddress: SocketAddress?,
        isTLS: Bool, proxyHeaderTimeout: Duration? = nil
    ) {
        self.id = id
        self.loop = loop
        core = loop.core
        self.transport = transport
        self.remoteAddress = remoteAddress.map { $0.displayName } ?? "unknown"
        sourceIP = remoteAddress?.ipAddress
        let limits = core.configuration.limits
        decoder = MQTTDecoder(
            role: .server,
            limits: MQTTLimits(
                maximumPacketSize: limits.maximumPacketSize,
                maximumConnectPacketSize: limits.maximumConnectPacketSize))
        machine = MQTTConnectionStateMachine(limits: limits)
        let now = loop.refreshTime().instant
        acceptedAt = now
        lastReceived = now
        phase = proxyHeaderTimeout.map { .awaitingProxyHeader(timeout: $0) } ?? Self.firstPhase(isTLS, now)
        explanationBudget = ExplanationBudget(perSecond: limits.maximumExplanationsPerSecond)
        loop.add(self)
        newcomer = loop.arrived(self)
        scheduleDeadline()
    }

    private static func firstPhase(_ isTLS: Bool, _ now: BrokerInstant) -> Phase {
        isTLS ? .awaitingFirstByte(since: now) : .awaitingConnect(.plaintext, since: now)
    }

    /// The proxy's header has come; nil when the connection is the proxy's own.
    func identified(as address: SocketAddress?, isTLS: Bool) {
        guard case .awaitingProxyHeader = phase else { return }
        if let address {
            remoteAddress = address.displayName
            sourceIP = address.ipAddress
        }
        phase = Self.firstPhase(isTLS, loop.now.instant)
        scheduleDeadline()
    }

    /// It has got through, or never will: it need not make room for anybody any more.
    func leaveNewcomers() {
        if let newcomer { loop.leave(newcomer) }
        newcomer = nil
    }

    // MARK: Bytes

    var isReadingPaused: Bool {
        if case .admitting = phase { true } else { false }
    }

    var isHandshaking: Bool {
        if case .handshaking = phase { true } else { false }
    }

    var isOver: Bool {
        switch phase {
        case .finishing, .closed: true
        default: false
        }
    }

    /// The first byte of a TLS handshake has arrived.
    func handshakeStarted() {
        phase = .handshaking
        if let newcomer { loop.handshakeStarted(newcomer) }
        scheduleDeadline()
    }

    /// A step of the TLS handshake is done.
    func handshakeProgressed() {
        if let newcomer { loop.handshakeProgressed(newcomer) }
    }

    /// The TLS handshake is finished.
    func secured(by evidence: TLSEvidence) {
        guard isHandshaking else { return }
        leaveNewcomers()
        core.gate.count(.handshakeCompleted)
        phase = .awaitingConnect(.mutualTLS(evidence), since: loop.now.instant)
        scheduleDeadline()
    }

    /// Plaintext bytes arrived; they are lent for the call.
    func received(_ bytes: UnsafeRawBufferPointer) {
        // Nobody is heard by what was decided before a change that he has not been judged by yet.
        if loop.isRejudgementScheduled { rejudge() }
        if isOver { return }
        lastReceived = loop.now.instant
        if isReadingPaused || tail.readableBytes > 0 {
            tail.writeBytes(bytes)
            if !isReadingPaused { parseTail() }
            return
        }
        let consumed = parse(bytes)
        if consumed < bytes.count, !isOver {
            tail.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
        }
    }

    /// Takes up what arrived while reading was paused.
    func parseTail() {
        guard tail.readableBytes > 0, !isOver else { return }
        let buffer = tail
        // Parsing may append to `tail` only through `received`, which cannot run before this returns.
        let consumed = buffer.withUnsafeReadableBytes { parse($0) }
        if isOver || consumed == buffer.readableBytes {
            tail = ByteBuffer()
        } else if consumed > 0 {
            // Compacted, so that a slice does not pin the whole read.
            tail = ByteBuffer(buffer.readableBytesView.dropFirst(consumed))
        }
    }

    private func parse(_ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        var start = 0
        do throws(MQTTFault) {
            while offset < bytes.count, !isReadingPaused, !isOver {
                start = offset
                guard let packet = try decoder.decodeHot(bytes, &offset) else { break }
                try handle(packet, bytes)
            }
        } catch {
            faulted(error, in: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        return offset
    }

    private func handle(
        _ packet: MQTTHotPacket, _ bytes: UnsafeRawBufferPointer
    ) throws(MQTTFault) {
        switch packet {
        case .publish(let publish):
            try publishReceived(publish, bytes)
        case .puback(let packetID, _):
            acknowledged(packetID)
        case .pingreq:
            guard mayProceed() else { return }
            loop.acquire(self)
            loop.plaintext.writeInteger(0xD000 as UInt16)
        case .other(_, let start, let end):
            try handle(decoder.decodeOwned(bytes, start..<end))
        }
    }

    private func handle(_ packet: MQTTPacket) {
        switch packet {
        case .connect(let connect):
            connectReceived(connect)
        case .subscribe(let subscribe):
            subscribeReceived(subscribe)
        case .unsubscribe(let unsubscribe):
            unsubscribeReceived(unsubscribe)
        case .disconnect(let disconnect):
            disconnectReceived(disconnect)
        case .puback(let acknowledgement):
            acknowledged(acknowledgement.packetID)
        case .auth:
            guard mayProceed() else { return }
            end(.protocolError("AUTH without an Authentication Method in CONNECT [MQTT-4.12.0-6]"))
        case .pubrec, .pubrel, .pubcomp:
            guard mayProceed() else { return }
            end(.protocolError("a QoS 2 packet; this gateway offers QoS 0 and 1"))
        case .connack, .suback, .unsuback, .pingresp, .publish, .pingreq:
            // The decoder refuses the first four from a client and hands the last two over in hot form.
            end(.protocolError("an unexpected packet"))
        }
    }

    /// Whether a packet other than CONNECT may be acted on; ends the connection otherwise.
    func mayProceed() -> Bool {
        switch machine.packetReceived() {
        case .proceed:
            return true
        case .violation(let message):
            end(.protocolError(message))
            return false
        }
    }

    /// The transport has handed over everything it had: wake receivers and send what there is.
    func readCompleted() {
        if !loop.wakes.isEmpty {
            transport.flush()
            loop.flushWakes()
        }
        transport.flush()
        loop.releaseWriter(self)
    }
}
