import CGatewayOpenSSL

/// Owns an open key log.
///
/// Unchecked because it holds a pointer; what it points to never changes.
final class KeyLogStorage: @unchecked Sendable {
    let pointer: OpaquePointer

    init(path: String) throws(TLSError) {
        var made: OpaquePointer?
        let failure = gw_tls_key_log_open(path, &made)
        guard failure == 0, let made else {
            var text = stringFilled { gw_tls_error_text(failure, $0, $1) }
            if failure == GW_TLS_KEY_LOG_NOT_PRIVATE {
                text =
                    "it belongs to another user, others may read it, or it has a second name; "
                    + "remove it, or choose another path"
            }
            throw TLSError(
                code: .invalidConfiguration, sideAtFault: .local,
                message: "the key log \"\(path)\" cannot be written: \(text)")
        }
        pointer = made
    }

    deinit { gw_tls_key_log_free(pointer) }
}
