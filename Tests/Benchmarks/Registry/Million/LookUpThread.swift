import DeviceGateway
import Foundation
import Synchronization
import X509Auth

/// Looks certificates up without pause on a thread of its own, as an event loop might, and notes how long it was held
/// up at worst.
final class LookUpThread: Sendable {
    private let isDone = Atomic(false)
    private let hasEnded = Atomic(false)
    private let longest = Mutex(Duration.zero)

    init(_ registry: DeviceRegistry, _ ids: [CertificateID]) {
        Thread.detachNewThread { [self] in
            var most = Duration.zero
            var index = 0
            while !isDone.load(ordering: .acquiring) {
                let start = ContinuousClock.now
                _ = registry.registeredCertificate(ids[index % ids.count])
                most = max(most, ContinuousClock.now - start)
                index += 1
            }
            longest.withLock { $0 = most }
            hasEnded.store(true, ordering: .releasing)
        }
    }

    /// Ends it.
    ///
    /// - Returns: the longest that a look-up took.
    func end() async throws -> Duration {
        isDone.store(true, ordering: .releasing)
        while !hasEnded.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(1)) }
        return longest.withLock { $0 }
    }
}
