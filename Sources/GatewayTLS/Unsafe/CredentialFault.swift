import CGatewayOpenSSL

extension TLSError {
    /// What is wrong with a credential, in an operator's words.
    init(credential fault: gw_tls_fault, passphrase: TLSPassphrase?) {
        var code = Code.unreadableCredential
        let message: String
        switch fault.kind {
        case GW_TLS_FAULT_CERTIFICATE_UNREADABLE:
            message =
                "the certificate is neither PEM nor DER that can be read; it must begin with the server's or "
                + "client's own certificate, in PEM between BEGIN CERTIFICATE and END CERTIFICATE"
        case GW_TLS_FAULT_CHAIN_UNREADABLE:
            message = "a certificate after the first one in the chain is damaged"
        case GW_TLS_FAULT_CHAIN_TOO_LONG:
            code = .brokenChain
            message =
                "the chain has more than ten certificates; leave out those above the issuing authorities"
        case GW_TLS_FAULT_CHAIN_ORDER:
            code = .brokenChain
            message =
                "certificate \(fault.detail) of the chain did not issue the one before it; the chain has to "
                + "begin with the server's or client's own certificate, each followed by its issuer, and "
                + "to hold no others"
        case GW_TLS_FAULT_CHAIN_NOT_SIGNED:
            code = .brokenChain
            message =
                "certificate \(fault.detail) of the chain has the name of the issuer of the one before it, but "
                + "another key; take the issuer's certificate that belongs to the key that signed"
        case GW_TLS_FAULT_KEY_UNREADABLE:
            message = "the private key is neither PEM nor DER that can be read"
        case GW_TLS_FAULT_KEY_DAMAGED:
            message = "the private key's encryption can be opened, but what is inside is damaged"
        case GW_TLS_FAULT_KEY_MISMATCH where fault.detail > 0:
            code = .keyMismatch
            message =
                "the private key belongs to certificate \(fault.detail) of the chain; the chain has to begin with it"
        case GW_TLS_FAULT_KEY_MISMATCH:
            code = .keyMismatch
            message = "the private key does not belong to the certificate; pair each key with its own"
        case GW_TLS_FAULT_PASSPHRASE_MISSING:
            code = .wrongPassphrase
            message = "the private key is encrypted and no passphrase was given"
        case GW_TLS_FAULT_PASSPHRASE_WRONG:
            code = .wrongPassphrase
            message =
                "the private key cannot be decrypted with the passphrase \(passphrase?.origin ?? "given")"
        case GW_TLS_FAULT_LEGACY_ALGORITHM:
            message =
                "the private key is protected by an algorithm of old, such as RC2 or DES, that OpenSSL has only "
                + "in its legacy provider. Convert it (PKCS#12: openssl pkcs12 -legacy -in old.p12 -out all.pem, "
                + "then openssl pkcs12 -export -in all.pem -out new.p12; a key: openssl pkey -provider legacy "
                + "-provider default -in old.key -aes256 -out new.key), or activate the legacy provider in openssl.cnf"
        case GW_TLS_FAULT_TOO_MANY_ITERATIONS:
            message =
                "the private key's passphrase would have to be hashed more than 10,000,000 times; the file is "
                + "damaged, or made to stall"
        case GW_TLS_FAULT_PKCS12_UNREADABLE:
            message = "the file is not PKCS#12, or it is damaged"
        case GW_TLS_FAULT_PKCS12_INCOMPLETE:
            message = "the PKCS#12 file lacks a private key or the certificate that belongs to it"
        case GW_TLS_FAULT_STORE_SCHEME:
            message =
                "no provider that OpenSSL has loaded knows the scheme of the \(Self.side(fault)) URI; for pkcs11: "
                + "install and activate a PKCS#11 provider in openssl.cnf"
        case GW_TLS_FAULT_STORE_UNREADABLE:
            message = "the \(Self.side(fault)) URI cannot be opened or read"
        case GW_TLS_FAULT_STORE_NO_CERTIFICATE:
            message = "the certificate URI leads to no certificate"
        case GW_TLS_FAULT_STORE_NO_KEY:
            message = "the key URI leads to no private key"
        default:
            code = .internalFailure
            message = "the credential could not be read"
        }
        self.init(code: code, openSSLReason: fault.words, sideAtFault: .local, message: message)
    }

    private static func side(_ fault: gw_tls_fault) -> String { fault.detail == 1 ? "key" : "certificate" }

    /// What is wrong with an OCSP response, in an operator's words.
    init(staple fault: gw_tls_fault, subject: String) {
        var code = Code.unusableStaple
        let message: String
        switch fault.kind {
        case GW_TLS_FAULT_STAPLE_UNREADABLE:
            message = "the file is no OCSP response in DER, or it is damaged"
        case GW_TLS_FAULT_STAPLE_UNSUCCESSFUL:
            message = "the OCSP responder refused to answer: \(Self.responseStatus(fault.detail))"
        case GW_TLS_FAULT_STAPLE_NO_ISSUER:
            message =
                "the OCSP response cannot be checked: the chain of \(subject) does not hold its issuer's "
                + "certificate; add it behind the certificate"
        case GW_TLS_FAULT_STAPLE_OTHER_CERTIFICATE:
            message = "the OCSP response says nothing about the certificate of \(subject)"
        case GW_TLS_FAULT_STAPLE_REVOKED:
            message = "the OCSP response says that the certificate of \(subject) is revoked; replace it"
        case GW_TLS_FAULT_STAPLE_UNKNOWN:
            message = "the OCSP responder does not know the certificate of \(subject)"
        case GW_TLS_FAULT_STAPLE_SIGNATURE:
            message =
                "the OCSP response about \(subject) is signed neither by the certificate's issuer nor by a "
                + "responder that the issuer has certified for OCSP signing"
        default:
            code = .internalFailure
            message = "the OCSP response could not be read"
        }
        self.init(code: code, openSSLReason: fault.words, sideAtFault: .local, message: message)
    }

    /// RFC 6960, section 4.2.1.
    private static func responseStatus(_ status: Int32) -> String {
        switch status {
        case 1: "malformedRequest"
        case 2: "internalError"
        case 3: "tryLater"
        case 5: "sigRequired"
        case 6: "unauthorized"
        default: "status \(status)"
        }
    }
}
