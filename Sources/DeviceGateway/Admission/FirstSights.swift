import DequeModule
import Synchronization
import X509Auth

/// Certificates that were verified to an authority in a handshake and whose CONNECT has not come yet, so that
/// it need not be done twice. Bounded: what is forgotten is verified again.
///
/// Safe because an identifier is the digest of the very certificate that was verified, and because the
/// registry asks again whether the authority still admits unknown devices.
final class FirstSights: Sendable {
    private struct State {
        var authorities: [CertificateID: CertificateID] = [:]
        var order: Deque<CertificateID> = []
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int = 4_096) {
        self.capacity = capacity
    }

    func note(_ id: CertificateID, authority: CertificateID) {
        state.withLock { state in
            if state.authorities.updateValue(authority, forKey: id) == nil { state.order.append(id) }
            while state.order.count > capacity, let oldest = state.order.popFirst() {
                state.authorities[oldest] = nil
            }
        }
    }

    /// The authority a certificate was verified to; forgets it.
    func take(_ id: CertificateID) -> CertificateID? {
        state.withLock { $0.authorities.removeValue(forKey: id) }
    }
}
