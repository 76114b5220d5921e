import Testing

@testable import X509Auth

@Suite("Authenticator: twins")
struct TwinTests {
    private let store = InMemoryTrustStore()
    private let authority: ForgedAuthority
    private let device: [UInt8]
    private let twin: [UInt8]

    init() throws {
        self.authority = try ForgedAuthority()
        self.device = try authority.device()
        self.twin = Twin.of(device)
        try store.register(authority: authority.certificate, allowsAutoRegistration: true)
    }

    private func judge(_ leaf: [UInt8]) -> X509Verdict {
        X509Authenticator(trust: store).judge(leaf: leaf, chain: [], now: Forge.now)
    }

    @Test("the twin is genuine to a signature check, and has another id")
    func verifies() {
        #expect(CertificateID(der: twin) != CertificateID(der: device))
        #expect(judge(twin) == .firstSight(CertificateID(der: twin), authority: authority.certificate.id))
    }

    @Test(
        "once the certificate is registered, in any state, its twin is not",
        arguments: CertificateStatus.allCases)
    func refused(_ status: CertificateStatus) throws {
        try store.register(try X509Certificate(der: device), status: status)
        let rejection = try #require(judge(twin).rejection)
        #expect(rejection.reason == .twin)
        #expect(rejection.alert == 46)
    }

    @Test("a serial number with leading zeros is no way round")
    func leadingZero() throws {
        try store.register(try X509Certificate(der: device), status: .revoked)
        // OpenSSL refuses such an INTEGER; were it to read it, the number would be the same.
        let padded = try authority.device { $0.serial = DER.tlv(0x02, [0x00, 0x11]) }
        #expect(judge(padded).rejection != nil)
    }

    @Test("another serial number of the same authority is another certificate")
    func sibling() throws {
        try store.register(try X509Certificate(der: device), status: .revoked)
        #expect(try judge(authority.device { $0.serial = DER.tlv(0x02, [0x12]) }).rejection == nil)
    }
}
