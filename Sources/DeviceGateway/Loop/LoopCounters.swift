/// Counts kept as plain integers on the event loop and handed to swift-metrics once per tick, so that
/// a packet costs an addition and not a look-up.
struct LoopCounters {
    var publishesReceived = 0
    var publishesDelivered = 0
    var publishesDropped = 0
    var denials = 0
}
