import FuzzDriver
import X509Auth

// Any bytes as a signing request, in DER or PEM: a typed error, or a request. What is issued for one that proves
// possession reads as it was put together, and has nothing but the request's name and key.

let authority = try CertificateAuthority.create(
    commonName: "Authority", notBefore: 0, notAfter: CertificateAuthority.deviceNotAfter
).0

func issue(_ request: SigningRequest) {
    let certificate: X509Certificate
    do throws(X509Error) {
        certificate = try authority.sign(request, notBefore: 0)
    } catch {
        precondition(!error.message.isEmpty)
        return
    }
    precondition(request.provesPossession)
    guard let read = try? X509Certificate(der: certificate.der) else {
        preconditionFailure("does not read what it issued")
    }
    precondition(read.subject == certificate.subject && read.publicKey == certificate.publicKey)
    precondition(read.publicKeyDER == request.publicKeyDER && read.serialNumber == certificate.serialNumber)
    precondition(read.subjectKeyIdentifier == certificate.subjectKeyIdentifier)
    precondition(!read.isCertificateAuthority && read.subjectAlternativeNames.isEmpty)
    precondition(read.allowsClientAuthentication && read.extendedKeyUsages == certificate.extendedKeyUsages)
}

func inspect(_ result: Result<SigningRequest, any Error>) {
    switch result {
    case .success(let request):
        precondition(!CertificateReport(request).text.isEmpty)
        issue(request)
    case .failure(let error):
        precondition(error is X509Error)
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : count))
    inspect(Result { try SigningRequest(der: bytes) })
    inspect(Result { try SigningRequest(pem: String(decoding: bytes, as: UTF8.self)) })
    return 0
}

_ = runFuzzer(test)
