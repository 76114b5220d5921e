import FuzzDriver
import X509Auth

// Any bytes as a certificate: a typed error, or a value that is what was read, prints safely, and is judged the
// same each time.

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : count))
    let certificate: X509Certificate
    do throws(X509Error) {
        certificate = try X509Certificate(der: bytes)
    } catch {
        precondition(!error.message.isEmpty)
        return 0
    }
    precondition(certificate.der == bytes && certificate.id == CertificateID(der: bytes))
    guard let again = try? X509Certificate(pem: certificate.pem) else {
        preconditionFailure("does not read what it writes")
    }
    precondition(again == certificate)
    let report = CertificateReport(certificate, now: 1_893_456_000).text
    precondition(report.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    _ = certificate.subject.policyAttributes
    _ = certificate.subjectAlternativeNames.policyAttributes
    _ = certificate.issuerAlternativeNames.policyAttributes
    _ = certificate.serialNumber.decimal
    _ = certificate.ocspResponders
    for usage in [X509Requirements.Usage.clientAuthentication, .notChecked] {
        var requirements = X509Requirements()
        requirements.usage = usage
        let first = Result { try requirements.check(certificate) }
        let second = Result { try requirements.check(certificate) }
        precondition("\(first)" == "\(second)")
        _ = Result { try requirements.checkAuthority(certificate) }
    }
    return 0
}

_ = runFuzzer(test)
