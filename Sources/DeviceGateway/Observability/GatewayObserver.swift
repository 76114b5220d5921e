/// Receives events. Called on event loops, so an observer returns at once and does its work elsewhere.
public protocol GatewayObserver: Sendable {
    /// Something happened. Never called under a lock; must not block.
    func observe(_ event: GatewayEvent)
}
