import X509Auth

/// The loops of verification that are measured.
public enum VerificationWorkload: String, CaseIterable, Sendable {
    /// One certificate read.
    case parse = "read-certificate-p256"
    /// One registered device recognised.
    case registered = "judge-registered"
    /// One device of an authority with auto-registration, its path verified.
    case firstSight = "judge-first-sight-p256"
    /// One path of three certificates, all in memory already: found, and verified by RFC 5280.
    case path = "verify-path-of-three-p256"
    /// One look-up in a revocation list of 100,000 entries, half of them hits.
    case lookUp = "revocation-look-up"
    /// One entry of a revocation list of 100,000 read and sorted in.
    case readList = "revocation-read-entry"

    private static let now: Int64 = 1_000_000_000
    private static let entries = 100_000

    /// Does `count` units of work. Returns a figure that depends on all of them.
    public func run(_ count: Int) -> Int {
        do {
            switch self {
            case .parse: return try parse(count)
            case .registered, .firstSight: return try judge(count)
            case .path: return try verifyPaths(count)
            case .lookUp: return try lookUp(count)
            case .readList: return try readLists(count)
            }
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private func authority() throws -> CertificateAuthority {
        try CertificateAuthority.create(
            commonName: "Benchmark CA", notBefore: 0, notAfter: CertificateAuthority.deviceNotAfter
        ).0
    }

    private func parse(_ count: Int) throws -> Int {
        let der = try authority().issueDevice(commonName: "device", notBefore: 0).certificate.der
        var result = 0
        for _ in 0..<count { result += try X509Certificate(der: der).version }
        return result
    }

    private func judge(_ count: Int) throws -> Int {
        let authority = try authority()
        let device = try authority.issueDevice(commonName: "device", notBefore: 0).certificate
        let store = InMemoryTrustStore()
        if self == .registered { try store.register(device) }
        try store.register(authority: authority.certificate, allowsAutoRegistration: true)
        let authenticator = X509Authenticator(trust: store)
        var result = 0
        for _ in 0..<count {
            if case .rejected = authenticator.judge(leaf: device.der, chain: [], now: Self.now) {
                result += 1
            }
        }
        precondition(result == 0)
        return result
    }

    private func verifyPaths(_ count: Int) throws -> Int {
        let notAfter = CertificateAuthority.deviceNotAfter
        let root = try authority()
        let (successor, _) = try root.makeSuccessor(notBefore: 0, notAfter: notAfter)
        let link = try root.crossCertify(successor.certificate, notBefore: 0, notAfter: notAfter)
        let device = try successor.issueDevice(commonName: "device", notBefore: 0).certificate
        let validator = CertificatePathValidator()
        var result = 0
        for _ in 0..<count {
            result += try validator.path(
                of: device, trusted: [root.certificate], intermediates: [link], now: Self.now
            ).count
        }
        precondition(result == 3 * count)
        return result
    }

    private func lookUp(_ count: Int) throws -> Int {
        let list = try CertificateRevocationList(der: Self.list())
        var result = 0
        for index in 0..<count where list.entry(serial: Self.serial(index % (2 * Self.entries))) != nil {
            result += 1
        }
        return result
    }

    private func readLists(_ count: Int) throws -> Int {
        let der = Self.list()
        var result = 0
        while result < count { result += try CertificateRevocationList(der: der).count }
        return result
    }

    // MARK: A list

    /// Scattered, positive, 20 octets.
    private static func serial(_ index: Int) -> [UInt8] {
        var state = UInt64(index) &* 0x9e37_79b9_7f4a_7c15
        return (0..<20).map { place in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let octet = UInt8(truncatingIfNeeded: state >> 56)
            return place == 0 ? octet & 0x3f | 0x40 : octet
        }
    }

    /// Signed by nobody: reading does not look.
    private static func list() -> [UInt8] {
        let algorithm: [UInt8] = [0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]
        let name: [UInt8] = [0x30, 0x0d, 0x31, 0x0b, 0x30, 9, 6, 3, 0x55, 4, 3, 0x0c, 2, 0x43, 0x41]
        let date = value(0x17, Array("250101000000Z".utf8))
        let items = (0..<entries).flatMap { value(0x30, value(2, serial($0)) + date) }
        let content = value(0x30, value(2, [1]) + algorithm + name + date + date + value(0x30, items))
        return value(0x30, content + algorithm + value(3, [0, 0x30, 6, 2, 1, 1, 2, 1, 1]))
    }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        let octets = (0..<8).reversed().map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
            .drop { $0 == 0 }
        return [tag, 0x80 | UInt8(octets.count)] + octets + content
    }
}
