/// A device and what it connects with.
struct FleetMember: Sendable {
    let credential: DemoCredential
    let device: DemoDevice
    var name: String { device.clientID }
    var party: TimelineEntry.Party { .device(name) }
}
