import DeviceGateway
import Foundation
import Synchronization
import X509Auth

/// Looks certificates up without pause on a thread of its own, as an event loop might, and notes how long it was held
/// up at worst, and by what.
final class LookUpThread: Sendable {
    /// One look-up.
    struct HoldUp {
        var duration = Duration.zero
        /// Whether the thread went to sleep meanwhile, as for a lock.
        var hasSlept = false
        /// Whether the kernel gave its core to somebody else meanwhile.
        var wasPreempted = false

        var text: String {
            let cause = hasSlept ? "asleep" : wasPreempted ? "without a core" : "at work"
            return "\(milliseconds(duration)) (most; \(cause))"
        }
    }

    private let isDone = Atomic(false)
    private let hasEnded = Atomic(false)
    private let longest = Mutex(HoldUp())

    init(_ registry: DeviceRegistry, _ ids: [CertificateID]) {
        Thread.detachNewThread { [self] in
            var most = HoldUp()
            var index = 0
            var before = Self.usage
            while !isDone.load(ordering: .acquiring) {
                let start = ContinuousClock.now
                _ = registry.registeredCertificate(ids[index % ids.count])
                let duration = ContinuousClock.now - start
                let after = Self.usage
                if duration > most.duration {
                    most = HoldUp(
                        duration: duration, hasSlept: after.ru_nvcsw > before.ru_nvcsw,
                        wasPreempted: after.ru_nivcsw > before.ru_nivcsw)
                }
                before = after
                index += 1
            }
            longest.withLock { [most] in $0 = most }
            hasEnded.store(true, ordering: .releasing)
        }
    }

    private static var usage: rusage {
        var usage = rusage()
        // RUSAGE_THREAD, which the C library names for GNU sources only (getrusage(2)).
        getrusage(1, &usage)
        return usage
    }

    /// Ends it.
    ///
    /// - Returns: the longest look-up.
    func end() async throws -> HoldUp {
        isDone.store(true, ordering: .releasing)
        while !hasEnded.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(1)) }
        return longest.withLock { $0 }
    }
}
