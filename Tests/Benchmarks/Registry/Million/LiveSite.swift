import DeviceGateway
import Foundation
import GatewayTLS
import Logging
import NIOCore
import X509Auth

/// A gateway on a loopback socket over the registry, and devices of the registry's authority that connect to it.
struct LiveSite {
    let authority: CertificateAuthority
    private let registry: DeviceRegistry
    private let gateway: Gateway
    private let address: SocketAddress
    private let keyFile: String

    private static let host = "127.0.0.1"

    static func open(_ registry: DeviceRegistry, _ keyFile: String) async throws -> LiveSite {
        let pem = try String(contentsOfFile: keyFile, encoding: .utf8)
        let authority = try CertificateAuthority(certificatePEM: pem, privateKeyPEM: pem)
        let server = try authority.issueServer(
            commonName: host, dnsNames: ["localhost"], ipAddresses: [host], notBefore: Fleet.registeredAt,
            notAfter: CertificateAuthority.deviceNotAfter, key: .p256)
        let credential = try TLSCredential(
            certificateChainPEM: server.certificatePEM, privateKeyPEM: server.privateKeyPEM)
        let gateway = Gateway(
            configuration: GatewayConfiguration(
                tls: TLSEndpoint(host: host, port: 0, credentials: [credential])),
            registry: registry, logger: Logger(label: "none", factory: { _ in SwiftLogNoOpLogHandler() }))
        guard let address = try await gateway.start().tls else { throw BenchmarkFailure("no TLS endpoint") }
        return LiveSite(
            authority: authority, registry: registry, gateway: gateway, address: address, keyFile: keyFile)
    }

    func close() async { await gateway.stop() }

    /// Registers a new device, as the million are, and connects it.
    func connect() async throws -> LiveDevice {
        let issued = try authority.issueDevice(commonName: "live", notBefore: Fleet.registeredAt)
        let id = authority.certificate.id
        try await registry.write { transaction throws(RegistryError) in
            try transaction.register(
                certificate: issued.certificate, authority: id, now: Int64(Date.now.timeIntervalSince1970))
            try transaction.attachPolicy("fleet", to: issued.certificate.id)
        }
        let context = try TLSContext(
            client: TLSClientConfiguration(
                credential: TLSCredential(
                    certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM),
                serverName: Self.host, trustedAuthoritiesPEM: authority.certificate.pem))
        return try await LiveDevice.connect(issued.certificate, context, to: address)
    }

    // MARK: Revocation lists

    /// A list of the authority's (RFC 5280 5.1), which the `openssl` command signs.
    func revocationList(number: Int, naming serials: [[UInt8]]) throws -> CertificateRevocationList {
        let algorithm: [UInt8] = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]
        let entries = serials.flatMap { value(0x30, value(2, $0) + time("200101000000Z")) }
        let cRLNumber = value(
            0x30, [6, 3, 0x55, 0x1d, 20] + value(4, value(2, octets(number))))
        let content = value(
            0x30,
            value(2, [1]) + algorithm + authority.certificate.subjectDER + time("240101000000Z")
                + time("491231235959Z") + value(0x30, entries) + value(0xa0, value(0x30, cRLNumber)))
        return try CertificateRevocationList(
            der: value(0x30, content + algorithm + value(3, [0] + sign(content))))
    }

    private func sign(_ content: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl", "dgst", "-sha256", "-sign", keyFile]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(Data(content))
        try input.fileHandleForWriting.close()
        let signature = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkFailure("openssl did not sign") }
        return Array(signature)
    }

    private func octets(_ number: Int) -> [UInt8] {
        Array(withUnsafeBytes(of: number.bigEndian) { $0.drop { $0 == 0 } })
    }

    private func time(_ text: String) -> [UInt8] { value(0x17, Array(text.utf8)) }

    /// DER; an INTEGER's octets are taken to be unsigned.
    private func value(_ tag: UInt8, _ octets: [UInt8]) -> [UInt8] {
        let content = tag == 2 && octets.first ?? 0 >= 0x80 ? [0] + octets : octets
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        let length: [UInt8] = content.count < 0x100 ? [0x81] : [0x82, UInt8(content.count >> 8)]
        return [tag] + length + [UInt8(content.count & 0xff)] + content
    }
}
