import NIOCore

extension Gateway {
    /// The live sessions that a change of the registry would end, in the order of their admission.
    ///
    /// Each connection that the change would have judged anew is judged now, on its own loop, by the registry as
    /// it would be. If nothing changes in between, carrying the change out ends exactly these.
    public func sessionsEnded(by preview: RegistryPreview) async -> [ConnectionSummary] {
        let admission = Admission(registry: preview.registry, configuration: core.configuration)
        var ended: [ConnectionSummary] = []
        for loop in loops {
            let found = try? await loop.eventLoop.submit {
                loop.value.connectionsEnded(by: preview.effect, admission)
            }.get()
            ended += found ?? []
        }
        return ended.sorted { $0.id < $1.id }
    }
}

extension LoopContext {
    fileprivate func connectionsEnded(
        by effect: RegistryEffect, _ admission: Admission
    ) -> [ConnectionSummary] {
        let now = refreshTime().unixSeconds
        return connections(concernedBy: effect).compactMap { $0.summaryIfEnded(by: admission, now: now) }
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
