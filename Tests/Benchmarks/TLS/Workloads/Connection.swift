import GatewayTLS
import NIOCore
import X509Auth

/// The two ends of a connection, joined in memory.
protocol Connection {
    /// Shakes hands.
    init(_ contexts: Contexts) throws
    var evidence: TLSEvidence? { get }
    /// What the client makes of some plaintext.
    func encryptAtClient(_ plaintext: ByteBuffer) throws -> ByteBuffer
    /// Has the server decrypt.
    ///
    /// - Returns: how many bytes of plaintext came of it.
    func receiveAtServer(_ ciphertext: ByteBuffer) throws -> Int
    /// Has the server encrypt.
    ///
    /// - Returns: how many bytes of ciphertext came of it.
    func sendAtServer(_ plaintext: ByteBuffer) throws -> Int
}

extension Connection {
    /// Does `count` units of work, with material for `prepared` of them at hand. Returns a figure that depends on
    /// all of them.
    static func run(_ work: TLSWorkload.Work, _ count: Int, prepared: Int) throws -> Int {
        switch work {
        case .handshake:
            let contexts = try Contexts(resumes: false)
            return try measured {
                var result = 0
                for _ in 0..<count { result += try peer(Self(contexts), wasResumed: false) }
                return result
            }
        case .resumption:
            let contexts = try Contexts(resumes: true)
            _ = try peer(Self(contexts), wasResumed: false)
            return try measured {
                var result = 0
                for _ in 0..<count { result += try peer(Self(contexts), wasResumed: true) }
                return result
            }
        case .receive(let size):
            let connection = try Self(Contexts(resumes: false))
            let plaintext = ByteBuffer(repeating: 0x41, count: size)
            let records = try (0..<prepared).map { _ in try connection.encryptAtClient(plaintext) }
            return try measured {
                var result = 0
                for record in records.prefix(count) { result += try connection.receiveAtServer(record) }
                return result
            }
        case .send(let size):
            let connection = try Self(Contexts(resumes: false))
            let plaintext = ByteBuffer(repeating: 0x41, count: size)
            return try measured {
                var result = 0
                for _ in 0..<count { result += try connection.sendAtServer(plaintext) }
                return result
            }
        }
    }

    /// The size of the device's certificate, which the server must have seen.
    private static func peer(_ connection: Self, wasResumed: Bool) throws -> Int {
        guard let evidence = connection.evidence, let peer = evidence.peer, evidence.wasResumed == wasResumed
        else { throw Unexpected() }
        return peer.leaf.count
    }
}

/// Scripts/count looks at nothing outside of this: to make keys takes another time on every run.
@inline(never)
private func measured(_ work: () throws -> Int) rethrows -> Int { try work() }

/// A connection did not become what its workload is about.
struct Unexpected: Error {}

/// What both ends are made of: P-256 keys, certificates on both sides, TLS 1.3.
struct Contexts {
    let server: TLSContext
    let client: TLSContext

    init(resumes: Bool) throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Benchmark CA", notBefore: 0, notAfter: CertificateAuthority.deviceNotAfter)
        let gateway = try authority.issueServer(
            commonName: "gateway", dnsNames: ["gateway.test"], notBefore: 0,
            notAfter: CertificateAuthority.deviceNotAfter)
        let device = try authority.issueDevice(commonName: "device", notBefore: 0)
        var accepting = TLSServerConfiguration(
            credentials: [try TLSCredential(gateway)], clientCertificate: .required,
            verifyClient: { $0.leaf.isEmpty ? .reject(alert: 42) : .accept })
        if resumes { accepting.resumption = .cache(TLSSessionCache()) }
        server = try TLSContext(server: accepting)
        var connecting = TLSClientConfiguration(
            credential: try TLSCredential(device), versions: .v1_3 ... .v1_3, serverName: "gateway.test",
            trustedAuthoritiesPEM: authority.certificate.pem)
        connecting.resumesSessions = resumes
        client = try TLSContext(client: connecting)
    }
}

extension TLSCredential {
    fileprivate init(_ issued: IssuedCredential) throws {
        try self.init(certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM)
    }
}
