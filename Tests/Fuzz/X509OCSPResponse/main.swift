import FuzzDriver
import X509Auth

// Any bytes as an OCSP response: a typed error; never an answer, since nobody signed it; and the check that waits
// for it goes on by its mode.

private let (authority, device, request) = prepare()

func prepare() -> (X509Certificate, X509Certificate, OCSPRequest) {
    guard
        let made = try? CertificateAuthority.create(commonName: "CA", notBefore: 0, notAfter: 4_000_000_000)
            .0,
        let device = try? made.issueDevice(commonName: "device", notBefore: 0).certificate,
        let request = try? OCSPRequest(certificate: device, issuer: made.certificate)
    else { preconditionFailure("no certificates") }
    return (made.certificate, device, request)
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : count))
    var cache = OCSPCache(capacity: 4)
    for mode in [RevocationMode.soft, .hard] {
        var check = RevocationCheckStateMachine(
            certificate: device, issuer: authority, responders: ["http://ocsp.example"],
            policy: .init(mode: mode))
        _ = check.start(cache: &cache, nonce: nil, now: 1_893_456_000)
        switch check.receive(bytes, cache: &cache, now: 1_893_456_000) {
        case .admit: precondition(mode == .soft)
        case .reject(let rejection): precondition(mode == .hard && rejection.reason == .ocspUnavailable)
        case .fetch, .wait: preconditionFailure("goes on")
        }
    }
    precondition(cache.count == 0, "believed a response that nobody signed")
    return 0
}

_ = runFuzzer(test)
