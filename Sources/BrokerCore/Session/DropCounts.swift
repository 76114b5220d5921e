/// Messages a session gave up, by reason.
public struct DropCounts: Hashable, Sendable, BitwiseCopyable {
    private var counts = SIMD8<UInt64>()

    /// Nothing dropped.
    public init() {}

    /// The number dropped for a reason.
    public internal(set) subscript(_ reason: DropReason) -> UInt64 {
        get { counts[reason.place] }
        set { counts[reason.place] = newValue }
    }

    /// The number dropped for any reason.
    public var total: UInt64 { counts.wrappedSum() }
}

extension DropReason {
    fileprivate var place: Int {
        switch self {
        case .notConnected: 0
        case .queueFull: 1
        case .displaced: 2
        case .expired: 3
        case .packetTooLarge: 4
        case .notAuthorized: 5
        case .notEncodable: 6
        }
    }
}
