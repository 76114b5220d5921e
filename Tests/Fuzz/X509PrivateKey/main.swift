import FuzzDriver
import X509Auth

// Any bytes as a private key, and as a file of certificates and keys: a typed error that repeats none of them. The
// certificate belongs to a key that nobody has.

let certificatePEM = try CertificateAuthority.create(
    commonName: "Authority", notBefore: 0, notAfter: CertificateAuthority.deviceNotAfter
).0.certificate.pem

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : count))
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(X509Error) {
        _ = try CertificateAuthority(certificatePEM: certificatePEM, privateKeyPEM: text)
        preconditionFailure("a key that is not the authority's was taken for it")
    } catch {
        precondition(!error.message.isEmpty && error.message.utf8.count < 512)
    }
    if let items = try? CredentialItem.items(bytes) { precondition(items.count <= 1_024) }
    return 0
}

_ = runFuzzer(test)
