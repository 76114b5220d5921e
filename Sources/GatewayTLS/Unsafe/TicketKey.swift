import CGatewayOpenSSL

/// A ticket key in memory of its own, wiped when it is dropped.
///
/// Unchecked because it holds a pointer; nothing changes what it points to after `init`.
final class TicketKey: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<gw_tls_ticket_key>
    let name: [UInt8]
    /// Unix seconds.
    let made: Int64

    private init(_ memory: UnsafeMutablePointer<gw_tls_ticket_key>, made: Int64) {
        self.memory = memory
        self.made = made
        name = withUnsafeBytes(of: &memory.pointee.name) { Array($0) }
    }

    /// nil when the system has no random bytes to give.
    static func random(now: Int64) -> TicketKey? {
        let memory = UnsafeMutablePointer<gw_tls_ticket_key>.allocate(capacity: 1)
        memory.initialize(to: gw_tls_ticket_key())
        let key = withUnsafeMutableBytes(of: &memory.pointee) {
            gw_tls_random($0.assumingMemoryBound(to: UInt8.self).baseAddress, $0.count)
        }
        guard key == 1 else {
            memory.deallocate()
            return nil
        }
        return TicketKey(memory, made: now)
    }

    convenience init(_ secret: TLSTicketSecret) {
        let memory = UnsafeMutablePointer<gw_tls_ticket_key>.allocate(capacity: 1)
        memory.initialize(to: gw_tls_ticket_key())
        withUnsafeMutableBytes(of: &memory.pointee) { $0.copyBytes(from: secret.bytes.prefix($0.count)) }
        self.init(memory, made: secret.made)
    }

    deinit {
        gw_tls_wipe(memory, MemoryLayout<gw_tls_ticket_key>.size)
        memory.deallocate()
    }

    var secret: TLSTicketSecret {
        let all = withUnsafeBytes(of: &memory.pointee) { Array($0) }
        return TLSTicketSecret(name: Array(all[..<16]), keys: Array(all[16...]), made: made)
    }

    /// Lends the key for as long as the copy lives.
    func copy(to destination: UnsafeMutablePointer<gw_tls_ticket_key>) {
        destination.pointee = memory.pointee
    }
}
