import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import GatewayTLS

/// Every version of `openssl s_client` against every range of versions, with every kind of key on both sides,
/// with and without resumption: 480 combinations.
///
/// The ordinary run takes every seventh of them, which meets every pair of values; all of them run when the
/// environment says `DEVICE_GATEWAY_TLS_MATRIX=all`.
@Suite("s_client matrix")
struct OpenSSLClientMatrixTests {
    static let isWhole = ProcessInfo.processInfo.environment["DEVICE_GATEWAY_TLS_MATRIX"] == "all"

    static let ranges: [ClosedRange<TLSVersion>] = TLSVersion.allCases.flatMap { low in
        TLSVersion.allCases.filter { low <= $0 }.map { low...$0 }
    }

    struct Case {
        var version: TLSVersion
        var device: Device
        var resumes: Bool

        static func all(range: Int, isRSA: Bool) -> [Case] {
            var number = (range * 2 + (isRSA ? 1 : 0)) * 24
            var cases: [Case] = []
            for version in TLSVersion.allCases {
                for device in Device.allCases {
                    for resumes in [false, true] {
                        if isWhole || number.isMultiple(of: 7) {
                            cases.append(Case(version: version, device: device, resumes: resumes))
                        }
                        number += 1
                    }
                }
            }
            return cases
        }
    }

    enum Device: CaseIterable {
        case none, ec, rsa

        func identity(_ pki: TestPKI) -> TestPKI.Identity? {
            switch self {
            case .none: nil
            case .ec: pki.deviceEC
            case .rsa: pki.deviceRSA
            }
        }
    }

    @Test("each client gets in exactly when its version is in the range", arguments: 0..<10, [false, true])
    func matrix(_ range: Int, _ isRSA: Bool) async throws {
        let pki = try TestPKI.shared
        for resumes in [false, true] {
            let cases = Case.all(range: range, isRSA: isRSA).filter { $0.resumes == resumes }
            guard !cases.isEmpty else { continue }
            var configuration = TLSServerConfiguration(
                credentials: [try (isRSA ? pki.serverRSA : pki.serverEC).credential],
                versions: Self.ranges[range], clientCertificate: .optional,
                clientAuthoritiesPEM: pki.authority.certificate)
            if resumes { configuration.resumption = .cache(TLSSessionCache()) }
            let listener = TLSListener(context: try TLSContext(server: configuration))
            let server = try await listener.bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TellEvidence())
                }
            }
            let port = try #require(server.localAddress?.port)
            for one in cases { try check(one, Self.ranges[range], port, pki) }
            try await server.close()
        }
    }

    private func check(
        _ one: Case, _ range: ClosedRange<TLSVersion>, _ port: Int, _ pki: TestPKI
    ) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("session-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        var arguments = [
            "s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof", "-cipher", "DEFAULT:@SECLEVEL=0",
            "-CAfile", pki.authority.certificateFile, "-verify_return_error",
            "-tls\(one.version.description.dropFirst(4).replacing("1.0", with: "1").replacing(".", with: "_"))",
        ]
        let identity = one.device.identity(pki)
        if let identity { arguments += ["-cert", identity.certificateFile, "-key", identity.keyFile] }
        let peer = identity.map { "\($0.der.first?.count ?? 0) bytes" } ?? "nobody"
        let first = output(arguments + (one.resumes ? ["-sess_out", file] : []))
        guard range.contains(one.version) else {
            #expect(!first.contains("evidence:"), "\(one)")
            // A client may be offered the highest version of the range, and decline by itself.
            #expect(
                first.contains("alert protocol version") || first.contains("unsupported protocol"), "\(one)")
            return
        }
        #expect(first.contains("evidence: \(one.version), \(peer), new"), "\(one): \(first)")
        guard one.resumes else {
            #expect(!first.contains("TLS session ticket:"), "\(one)")
            return
        }
        let second = output(arguments + ["-sess_in", file])
        #expect(second.contains("evidence: \(one.version), \(peer), resumed"), "\(one): \(second)")
    }

    private func output(_ arguments: [String]) -> String {
        do {
            return try OpenSSLCommand.run(arguments, input: "hello\n")
        } catch let failure as OpenSSLCommand.Failure {
            return failure.output
        } catch {
            return "\(error)"
        }
    }
}

/// Answers the first read with what the handshake established.
private final class TellEvidence: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var text = ""

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case GatewayTLS.TLSUserEvent.handshakeCompleted(let evidence) = event else { return }
        let peer = evidence.peer.map { "\($0.leaf.count) bytes" } ?? "nobody"
        text =
            "evidence: \(evidence.version), \(peer), \(evidence.wasResumed ? "resumed" : "new")\n"
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        context.close(promise: nil)
    }
}
