import CGatewayOpenSSL

/// Owns a reference to a session that may be resumed.
///
/// Unchecked because it holds a pointer: OpenSSL counts references atomically, and a session that is kept
/// is changed by nothing but being forbidden, under OpenSSL's lock.
final class SavedSession: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { gw_tls_saved_free(pointer) }

    var id: SessionID? {
        var bytes: UnsafePointer<UInt8>?
        let count = gw_tls_saved_id(pointer, &bytes)
        return SessionID(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// The SHA-256 of the peer's certificate.
    var certificateID: [UInt8]? {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = gw_tls_saved_leaf_digest(pointer, buffer.baseAddress) == 1 ? 32 : 0
        }
        return digest.isEmpty ? nil : digest
    }

    var size: Int { gw_tls_saved_size(pointer) }
    var isResumable: Bool { gw_tls_saved_is_resumable(pointer) == 1 }

    /// A reference for OpenSSL to give back.
    func retained() -> OpaquePointer {
        gw_tls_saved_retain(pointer)
        return pointer
    }

    /// Offers it on a connection that has not begun.
    func offer(on session: OpaquePointer) -> Bool { gw_tls_session_offer(session, pointer) == 1 }
}
