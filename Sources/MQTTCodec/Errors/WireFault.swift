/// What the parser throws: trivially copyable, so that throwing types cost the hot path nothing. The
/// public fault is made of it once the packet is given up.
struct WireFault: Error, BitwiseCopyable, Equatable {
    let rule: Rule
    /// Absolute position in the bytes being parsed.
    let position: Int
}

extension MQTTFault {
    /// - Parameter packetStart: where the packet begins in the bytes the fault's position refers to.
    init(_ fault: WireFault, packetStart: Int, version: MQTTVersion?) {
        self.init(fault.rule, version: version, offset: max(0, fault.position - packetStart))
    }

    init(_ rule: Rule, version: MQTTVersion?, offset: Int = 0) {
        let entry = rule.entry
        self.init(
            kind: entry.kind, reasonCode: entry.reasonCode,
            statement: version == .v3_1_1 ? entry.statement3 : entry.statement5,
            detail: entry.detail, offset: offset)
    }
}
