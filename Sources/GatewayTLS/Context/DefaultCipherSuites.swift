/// The cipher suites of a configuration that names none.
enum DefaultCipherSuites {
    static let tls13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

    /// AEAD with forward secrecy. TLS 1.0 and 1.1 know no AEAD and need CBC with SHA-1; the last two
    /// are for devices that know no elliptic curves.
    static func list(for versions: ClosedRange<TLSVersion>) -> String {
        let modern =
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
            + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
        let legacy =
            "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:"
            + "AES128-SHA:AES256-SHA"
        return versions.lowerBound < .v1_2 ? modern + ":" + legacy : modern
    }
}
