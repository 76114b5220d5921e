import DequeModule
import Synchronization
import X509Auth

/// Tells of registered devices that wait for their activation, on each of their attempts, within bounds:
/// whoever has a certificate can attempt as often as it likes.
final class RegistrationAnnouncer: Sendable {
    private struct State {
        var sink: (@Sendable (CertificateRegistration, _ now: Int64) -> Void)?
        /// When each was last announced, Unix seconds.
        var announced: [CertificateID: Int64] = [:]
        var order: Deque<CertificateID> = []
        var second: Int64 = .min
        var inSecond = 0
    }

    private let state = Mutex(State())
    private let interval: Int64
    private let perSecond: Int
    private let capacity: Int

    /// - Parameters:
    ///   - interval: seconds before the same certificate is announced again.
    ///   - perSecond: announcements of all certificates together.
    ///   - capacity: certificates remembered.
    init(interval: Int64 = 1, perSecond: Int = 100, capacity: Int = 4_096) {
        self.interval = interval
        self.perSecond = perSecond
        self.capacity = capacity
    }

    /// Who is told.
    func tell(_ sink: @escaping @Sendable (CertificateRegistration, _ now: Int64) -> Void) {
        state.withLock { $0.sink = sink }
    }

    func announce(_ registration: CertificateRegistration, now: Int64) {
        let sink = state.withLock { state in
            admits(registration.certificate, now: now, &state) ? state.sink : nil
        }
        sink?(registration, now)
    }

    private func admits(_ id: CertificateID, now: Int64, _ state: inout State) -> Bool {
        if let last = state.announced[id], now >= last, now - last < interval { return false }
        if state.second != now {
            state.second = now
            state.inSecond = 0
        }
        guard state.inSecond < perSecond else { return false }
        state.inSecond += 1
        if state.announced.updateValue(now, forKey: id) == nil { state.order.append(id) }
        while state.order.count > capacity, let oldest = state.order.popFirst() {
            state.announced[oldest] = nil
        }
        return true
    }
}
