import NIOCore

extension Gateway {
    /// The live sessions that a change of the registry would end, in the order of their admission.
    ///
    /// Each connection that the change would have judged anew is judged now, on its own loop, by the registry as
    /// it would be. If nothing changes in between, carrying the change out ends exactly these.
    public func sessionsEnded(by preview: RegistryPreview) async -> [ConnectionSummary] {
        let admission = Admission(registry: preview.registry, configuration: core.configuration)
        let effect = preview.effect
        var ended: [ConnectionSummary] = []
        for loop in loops {
            let concerned = try? await loop.eventLoop.submit {
                loop.value.connections(concernedBy: effect)
            }.get()
            var rest = (concerned ?? [])[...]
            // In turns, as the change itself would be carried out: traffic goes on in between.
            while !rest.isEmpty {
                let turn = Array(rest.prefix(LoopContext.rejudgementsPerTurn))
                rest = rest.dropFirst(turn.count)
                let found = try? await loop.eventLoop.submit { loop.value.ended(of: turn, by: admission) }
                    .get()
                ended += found ?? []
            }
        }
        return ended.sorted { $0.id < $1.id }
    }
}

extension LoopContext {
    fileprivate func ended(of ids: [UInt64], by admission: Admission) -> [ConnectionSummary] {
        let now = refreshTime().unixSeconds
        return ids.compactMap { connections[$0]?.summaryIfEnded(by: admission, now: now) }
    }
}

extension DeviceConnection {
    fileprivate func summaryIfEnded(by admission: Admission, now: Int64) -> ConnectionSummary? {
        guard let admitted, case .connected = phase else { return nil }
        switch admission.rejudge(admitted.identity, leaf: transport.peerCertificate, now: now) {
        case .stands: return nil
        case .revoked: return admitted.summary
        }
    }
}
