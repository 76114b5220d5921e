import FuzzDriver
import X509Auth

// Any bytes as a revocation list: a typed error, or a list that answers every question, and that nobody signed.

private let authority = makeAuthority()

func makeAuthority() -> X509Certificate {
    guard
        let made = try? CertificateAuthority.create(
            commonName: "x509-limbo-root", notBefore: 0, notAfter: 4_000_000_000)
    else { preconditionFailure("no authority") }
    return made.0.certificate
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : count))
    let list: CertificateRevocationList
    do throws(X509Error) {
        list = try CertificateRevocationList(contents: bytes)
    } catch {
        precondition(!error.message.isEmpty)
        return 0
    }
    precondition(!list.description.isEmpty)
    for length in [0, 1, 2, 16, 20, 21] {
        let serial = Array(bytes.suffix(length))
        let entry = list.entry(serial: serial)
        precondition(entry == list.entry(serial: [0, 0] + serial))
        let revocation = AuthorityRevocation(mode: .hard, full: list, delta: list)
        for now in [list.thisUpdate - 1, list.thisUpdate, list.nextUpdate ?? 0, .max] {
            let answer = revocation.answer(serialNumber: serial, now: now)
            precondition(entry != nil || answer != .notRevoked || list.isCurrent(at: now))
        }
    }
    precondition((try? list.verify(issuer: authority)) == nil, "believed a list that nobody signed")
    return 0
}

_ = runFuzzer(test)
