import CGatewayOpenSSL

extension PublicKey {
    init(_ facts: gw_x509_key_facts, curve: String?) {
        let algorithm: Algorithm =
            switch facts.type {
            case GW_X509_KEY_RSA: .rsa
            case GW_X509_KEY_RSA_PSS: .rsaPSS
            case GW_X509_KEY_EC: .ellipticCurve(curve ?? "unnamed")
            case GW_X509_KEY_ED25519: .ed25519
            case GW_X509_KEY_ED448: .ed448
            case GW_X509_KEY_DSA: .dsa
            default: .other
            }
        self.init(
            algorithm: algorithm, bits: Int(facts.bits),
            rsaExponent: facts.rsa_exponent == 0 ? nil : facts.rsa_exponent)
    }
}
