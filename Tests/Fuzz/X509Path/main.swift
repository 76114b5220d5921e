import FuzzDriver
import X509Auth

// Pieces of input as leaf, trusted certificates, intermediates and lists: a path from a trusted certificate to the
// leaf, or why there is none, the same each time. A trusted certificate's own signature is not looked at, so what
// the fuzzer changes there reaches the rules.
//
// Each piece: an octet for its kind, two for its length, the bytes.

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var rest = UnsafeBufferPointer(start: data, count: data == nil ? 0 : count)[...]
    var leaf: X509Certificate?
    var trusted: [X509Certificate] = []
    var intermediates: [X509Certificate] = []
    var lists: [CertificateRevocationList] = []
    while rest.count >= 3 {
        let kind = rest.removeFirst()
        let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
        let bytes = Array(rest.prefix(length))
        rest = rest.dropFirst(length)
        switch kind & 3 {
        case 0: leaf = leaf ?? (try? X509Certificate(der: bytes))
        case 1: if let certificate = try? X509Certificate(der: bytes) { trusted.append(certificate) }
        case 2: if let certificate = try? X509Certificate(der: bytes) { intermediates.append(certificate) }
        default: if let list = try? CertificateRevocationList(der: bytes) { lists.append(list) }
        }
    }
    guard let leaf else { return 0 }
    for isStrict in [true, false] {
        var validator = CertificatePathValidator()
        validator.isStrict = isStrict
        validator.revocationLists = lists
        let now = max(leaf.notBefore, min(leaf.notAfter, 1_704_067_200))
        func judge() -> String {
            do throws(CertificatePathFailure) {
                let path = try validator.path(
                    of: leaf, trusted: trusted, intermediates: intermediates, now: now)
                guard let anchor = path.first, path.last == leaf else { preconditionFailure("no path") }
                precondition(trusted.contains(anchor))
                for (issuer, subject) in zip(path, path.dropFirst()) {
                    precondition(subject.issuer.matches(issuer.subject) && issuer.isCertificateAuthority)
                }
                return "\(path.map(\.id))"
            } catch {
                precondition(!error.message.isEmpty)
                return "\(error)"
            }
        }
        precondition(judge() == judge(), "judged differently the second time")
    }
    return 0
}

_ = runFuzzer(test)
