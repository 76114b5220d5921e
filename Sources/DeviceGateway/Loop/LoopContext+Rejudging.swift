import NIOCore
import X509Auth

/// What a change in the registry does to connections that are open.
extension LoopContext {
    /// Connections judged in one turn. Judging takes a few microseconds each; with all of a loop's in one go, traffic
    /// would stand still.
    static let rejudgementsPerTurn = 64

    /// Tasks that are due run before the loop looks at its sockets again, so the next turn has to come due later.
    private static let pauseBetweenTurns = TimeAmount.microseconds(50)

    /// Judges again every connection that a change in the registry may concern: at once as many as fit into a turn, and
    /// the others in turns that follow, with traffic in between. Those that the change names wait for no turn of others.
    func rejudge(_ effect: RegistryEffect) {
        switch effect {
        case .allCertificates:
            rejudgements.addEveryone()
            if isRejudgementScheduled { return }
        case .certificates:
            let named = connections(concernedBy: effect)
            if named.isEmpty { return }
            rejudgements.add(named)
        }
        takeRejudgementTurn()
    }

    private func takeRejudgementTurn() {
        refreshTime()
        for _ in 0..<Self.rejudgementsPerTurn {
            guard let id = rejudgements.next({ Array(connections.keys) }) else { break }
            connections[id]?.rejudge()
        }
        flushWriter()
        flushWakes()
        guard !isRejudgementScheduled, !rejudgements.isEmpty else { return }
        isRejudgementScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.pauseBetweenTurns) {
            self.isRejudgementScheduled = false
            self.takeRejudgementTurn()
        }
    }

    /// The connections that a change may concern.
    func connections(concernedBy effect: RegistryEffect) -> [UInt64] {
        switch effect {
        case .allCertificates: Array(connections.keys)
        case .certificates(let certificates): certificates.flatMap { connections(of: $0) }
        }
    }

    /// A revocation list's time is up, or has come: what was decided by it is decided anew.
    func rejudgeAtRevocationDeadline() {
        let previous = lastRevocationCheck
        lastRevocationCheck = now.unixSeconds
        guard now.unixSeconds > previous,
            core.admission.registry.hasRevocationDeadline(after: previous, upTo: now.unixSeconds)
        else { return }
        rejudge(.allCertificates)
    }
}
