import CGatewayOpenSSL

/// A time as an operator reads it: "2026-11-24 23:59:59 UTC".
///
/// - Parameter seconds: Unix seconds; held to the years 0 to 9999, which is all that certificates can name.
func utcText(_ seconds: Int64) -> String { stringFilled { gw_tls_time_text(seconds, $0, $1) } }
