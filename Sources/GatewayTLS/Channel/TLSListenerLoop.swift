import NIOCore
import Synchronization

/// What a listener's connections on one event loop share.
final class TLSListenerLoop {
    let gate: SharedAcceptGate
    let proxy: PROXYProtocol?
    let turns: HandshakeTurns
    var queue: HandshakeQueue<TLSHandler>
    /// Connections whose handshake has ended, and about which the host has not decided.
    var undecided: [ObjectIdentifier: TLSHandler] = [:]

    init(
        eventLoop: any EventLoop, limits: TLSListenerLimits, gate: SharedAcceptGate, proxy: PROXYProtocol?
    ) {
        self.gate = gate
        self.proxy = proxy
        turns = HandshakeTurns(eventLoop: eventLoop, limits: limits.handshakeBudget)
        queue = HandshakeQueue(
            maximumSilent: limits.maximumSilentPerLoop, maximumInProgress: limits.maximumHandshakesPerLoop)
    }

    /// Ends the connections that are not the application's yet.
    func closeHalfOpen() {
        for handler in queue.members + Array(undecided.values) { handler.closeIfHalfOpen() }
    }
}

/// A listener's ``TLSListenerLoop`` for each event loop.
final class TLSListenerLoops: Sendable {
    let gate: SharedAcceptGate
    private let limits: TLSListenerLimits
    private let proxy: PROXYProtocol?
    private let addresses = Atomic(0)
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<TLSListenerLoop>]>([:])

    init(limits: TLSListenerLimits, gate: SharedAcceptGate, proxy: PROXYProtocol?) {
        self.limits = limits
        self.gate = gate
        self.proxy = proxy
    }

    /// To be called on the loop.
    func loop(_ eventLoop: any EventLoop) -> TLSListenerLoop {
        let loop = loops.withLock { loops in
            if let loop = loops[ObjectIdentifier(eventLoop)] { return loop }
            let loop = NIOLoopBound(
                TLSListenerLoop(eventLoop: eventLoop, limits: limits, gate: gate, proxy: proxy),
                eventLoop: eventLoop)
            loops[ObjectIdentifier(eventLoop)] = loop
            return loop
        }
        return loop.value
    }

    func bound() { addresses.wrappingAdd(1, ordering: .relaxed) }

    /// One address fewer. With the last, the connections end that are not the application's yet.
    func unbound() {
        guard addresses.wrappingSubtract(1, ordering: .relaxed).newValue == 0 else { return }
        for loop in loops.withLock({ Array($0.values) }) {
            loop.eventLoop.execute { loop.value.closeHalfOpen() }
        }
    }
}
