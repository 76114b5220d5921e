import DequeModule
import X509Auth

/// One step back: what a certificate or an authority was before a change.
enum TrustUndo: Sendable {
    case status(CertificateID, CertificateStatus)
    case registration(CertificateID)
    /// With its revocation lists; nil: it was not registered.
    case authority(CertificateID, AuthorityEntry?)

    var isRegistration: Bool {
        if case .registration = self { true } else { false }
    }
}

/// The latest versions of the trust snapshot, as far as one can go back to them: since the registry was
/// opened, and within bounds. A version is known by its number and by what it changed.
struct TrustHistory: Sendable {
    private struct Version: Sendable {
        var number: UInt64
        /// What would undo the change that made the next version of this one, in the order it was made.
        var undo: TrustUndoList
    }

    /// The present version's number.
    private(set) var current: UInt64 = 1
    private var earlier: Deque<Version> = []
    private var size = 0
    private let maximumVersions: Int
    private let maximumSize: Int

    /// - Parameters:
    ///   - maximumVersions: how many versions one can go back.
    ///   - maximumSize: how many changes of certificates and authorities they hold together.
    init(maximumVersions: Int, maximumSize: Int) {
        self.maximumVersions = maximumVersions
        self.maximumSize = maximumSize
    }

    /// The versions that one can go back to, latest first; without the present one.
    var versions: [UInt64] { earlier.reversed().map(\.number) }

    /// Notes a change. Registrations alone make no version of their own: a fleet that turns up would push
    /// out everything else.
    mutating func record(_ undo: [TrustUndo]) {
        guard !undo.isEmpty else { return }
        size += undo.count
        if undo.allSatisfy(\.isRegistration) {
            // Undone with the change that came before; before the first, nothing can be gone back to.
            if earlier.isEmpty { size = 0 } else { earlier[earlier.count - 1].undo.append(undo) }
        } else {
            earlier.append(Version(number: current, undo: TrustUndoList(undo)))
            current += 1
        }
        while earlier.count > maximumVersions || size > maximumSize, let oldest = earlier.popFirst() {
            size -= oldest.undo.count
        }
    }

    /// What leads back to a version, latest change first; nil: it is not among those kept.
    func undo(to version: UInt64) -> [TrustUndo]? {
        if version == current { return [] }
        guard let first = earlier.firstIndex(where: { $0.number == version }) else { return nil }
        return earlier[first...].reversed().flatMap { $0.undo.latestFirst }
    }
}
