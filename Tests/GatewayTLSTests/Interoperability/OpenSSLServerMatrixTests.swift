import GatewayTLS
import Testing

/// The client role, offering every range of versions, against every version of `openssl s_server`, with every
/// kind of key on both sides, with and without resumption: 480 combinations. The ordinary run takes every seventh.
@Suite("s_server matrix", .serialized)
struct OpenSSLServerMatrixTests {
    @Test(
        "the handshake succeeds exactly when the server's version is offered", arguments: TLSVersion.allCases,
        [false, true])
    func matrix(_ version: TLSVersion, _ isRSA: Bool) async throws {
        // What blocks has a thread of its own: those of the concurrency runtime are few.
        try await TestedPrograms.onThread { try matrixBlocking(version, isRSA) }
    }

    private func matrixBlocking(_ version: TLSVersion, _ isRSA: Bool) throws {
        let pki = try TestPKI.shared
        let number = version.description.dropFirst(4).replacing("1.0", with: "1").replacing(".", with: "_")
        let server = try OpenSSLServer(
            isRSA ? pki.serverRSA : pki.serverEC,
            ["-tls\(number)", "-verify", "3", "-CAfile", pki.authority.certificateFile])
        defer { server.stop() }
        var combination = TLSVersion.allCases.firstIndex(of: version) ?? 0
        for range in OpenSSLClientMatrixTests.ranges {
            for device in [nil, pki.deviceEC, pki.deviceRSA] {
                for resumes in [false, true] {
                    combination += 1
                    guard OpenSSLClientMatrixTests.isWhole || combination.isMultiple(of: 7) else { continue }
                    try meet(server, version, range, device, resumes)
                }
            }
        }
    }

    private func meet(
        _ server: OpenSSLServer, _ version: TLSVersion, _ range: ClosedRange<TLSVersion>,
        _ device: TestPKI.Identity?,
        _ resumes: Bool
    ) throws {
        let pki = try TestPKI.shared
        var configuration = TLSClientConfiguration(
            credential: try device?.credential, versions: range, serverName: "gateway.test",
            trustedAuthoritiesPEM: pki.authority.certificate)
        configuration.resumesSessions = resumes
        let context = try TLSContext(client: configuration)
        let name = "\(range) with \(device == nil ? "no" : "a") certificate, resuming: \(resumes)"
        guard range.contains(version) else {
            let failure = #expect(throws: TLSError.self, "\(name)") { try server.converse(context) }
            #expect(
                failure?.code == .protocolVersion
                    // Before the version a server may miss a suite of that version.
                    || [40, 70].map { TLSAlert(.received, $0) }.contains(failure?.alert),
                "\(name): \(failure.map(String.init(describing:)) ?? "none")")
            return
        }
        let first = try server.converse(context).evidence
        #expect(first.version == version && !first.wasResumed, "\(name)")
        let second = try server.converse(context).evidence
        #expect(second.version == version && second.wasResumed == resumes, "\(name)")
    }
}
