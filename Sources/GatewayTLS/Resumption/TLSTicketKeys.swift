import Synchronization

/// The keys that session tickets are sealed with: the newest seals, the last few open, and the oldest goes.
///
/// Whoever has such a key can pass for any client whose certificate a gateway admits. Keys made here come
/// from OpenSSL's private random source and are wiped when dropped.
public final class TLSTicketKeys: Sendable {
    private let ring: Mutex<TicketKeyRing>

    /// How long a ticket may be used, in seconds.
    public let lifetime: Int64

    /// Creates a ring.
    ///
    /// - Parameters:
    ///   - rotationInterval: how long a key seals, in seconds; 60 to 86,400.
    ///   - keys: how many keys open tickets, the sealing one among them; 2 to 8.
    ///   - rotates: whether new keys are made here. Of several gateways that share keys one rotates; the
    ///     others ``adopt(_:)`` what it exports, and stop issuing tickets when nothing has come for a day.
    /// - Throws: ``TLSError`` with `.invalidConfiguration`.
    public init(rotationInterval: Int64 = 43_200, keys: Int = 2, rotates: Bool = true) throws(TLSError) {
        guard (60...TicketKeyRing.maximumAge).contains(rotationInterval) else {
            throw .configuration("ticket keys are rotated every 60 to 86400 seconds, not \(rotationInterval)")
        }
        guard (2...8).contains(keys) else {
            throw .configuration("2 to 8 ticket keys are kept, not \(keys)")
        }
        let ring = TicketKeyRing(rotationInterval: rotationInterval, maximumKeys: keys, rotates: rotates)
        lifetime = min(ring.lifetime, TicketKeyRing.maximumAge)
        self.ring = Mutex(ring)
    }

    /// The keys in use, newest first, to be shared over a channel that keeps them secret.
    ///
    /// - Parameter now: Unix seconds; a key that is due is made first.
    public func export(now: Int64) -> [TLSTicketSecret] {
        ring.withLock { ring in
            _ = ring.sealing(now: now, make: TicketKey.random)
            return ring.keys.map(\.secret)
        }
    }

    /// Takes in keys that another gateway exported. The newest of all are kept.
    public func adopt(_ secrets: [TLSTicketSecret]) {
        let keys = secrets.map(TicketKey.init)
        ring.withLock { $0.adopt(keys) }
    }

    func sealing(now: Int64) -> TicketKey? {
        ring.withLock { $0.sealing(now: now, make: TicketKey.random) }
    }

    func opening(_ name: [UInt8], now: Int64) -> (key: TicketKey, isOld: Bool)? {
        ring.withLock { $0.opening(name, now: now) }
    }
}

/// One ticket key, as it is shared between gateways.
public struct TLSTicketSecret: Hashable, Sendable {
    /// The form it is stored and sent in: a name of 16 bytes, an AES-256 key, an HMAC-SHA-256 key of 32 bytes,
    /// and when it was made, in Unix seconds, as 8 bytes, most significant first. 88 bytes; secret.
    public let bytes: [UInt8]

    /// Reads the form above; nil for any other number of bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    init(name: [UInt8], keys: [UInt8], made: Int64) {
        bytes = name + keys + withUnsafeBytes(of: made.bigEndian) { Array($0) }
    }

    /// The number of ``bytes``.
    public static let size = 88

    /// When the key was made, in Unix seconds.
    public var made: Int64 {
        Int64(truncatingIfNeeded: bytes[80...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}

extension TLSTicketSecret: CustomStringConvertible, CustomReflectable {
    /// When it was made; never the key.
    public var description: String { "ticket key made at \(made)" }

    /// No children, so that dumping one shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension TLSTicketKeys: CustomReflectable {
    /// No children, so that dumping a configuration shows nothing of the keys.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
