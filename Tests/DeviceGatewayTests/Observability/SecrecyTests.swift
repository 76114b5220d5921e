import GatewayTLS
import Logging
import Synchronization
import Testing
import X509Auth

@testable import DeviceGateway

/// Passphrases, private keys and registration codes, sown through everything that handles them, and looked for in
/// everything that is written for people: logs at the finest level, events, descriptions, dumps, errors.
@Suite("Secrets stay secret")
struct SecrecyTests {
    /// Keeps every line with its metadata.
    private final class Log: Sendable {
        let text = Mutex("")

        var logger: Logger {
            var logger = Logger(label: "secrecy") { _ in Handler(log: self) }
            logger.logLevel = .trace
            return logger
        }
    }

    private struct Handler: LogHandler {
        let log: Log
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.text.withLock { $0 += "\(event.message) \(event.metadata ?? [:]) \(metadata)\n" }
        }
    }

    /// What was sown, cut into pieces that cannot appear by accident.
    private struct Secrets {
        private(set) var pieces: Set<String> = []

        mutating func add(_ secret: String) { pieces.insert(secret) }

        /// Every line of the key's encoding.
        mutating func add(key pem: String) {
            for line in pem.split(separator: "\n") where !line.hasPrefix("-----") && line.count >= 8 {
                pieces.insert(String(line))
            }
        }

        func found(in text: String) -> [String] { pieces.filter { text.contains($0) } }
    }

    private static func shown(_ value: Any) -> String {
        var text = "\(value)\n\(String(reflecting: value))\n"
        dump(value, to: &text)
        return text
    }

    private static let passphrase = "correct horse battery staple"

    @Test("Issuing, signing, encrypting and registering tell nothing")
    func values() async throws {
        var secrets = Secrets()
        var text = ""
        func note(_ value: Any) { text += Self.shown(value) }
        func failing(_ body: () throws -> Void) {
            do { try body() } catch { note(error) }
        }
        let (authority, authorityKey) = try CertificateAuthority.create(
            commonName: "CA", notBefore: 0, notAfter: 2_524_607_999)
        let code = RegistrationCode()
        let encrypted = try authority.encryptedPrivateKeyPEM(passphrase: Self.passphrase)
        secrets.add(key: authorityKey)
        secrets.add(key: encrypted)
        secrets.add(Self.passphrase)
        secrets.add(code.commonName)
        let device = try authority.issueDevice(commonName: "d", notBefore: 0)
        secrets.add(key: device.privateKeyPEM)
        let verification = try authority.issueDevice(commonName: "not the code", notBefore: 0).certificate

        note(authority)
        note(device)
        note(code)
        note(try authority.makeSuccessor(notBefore: 0, notAfter: 2_524_607_999).0)
        note(
            try TLSCredential(
                certificateChainPEM: device.certificatePEM, privateKeyPEM: device.privateKeyPEM))
        failing {
            _ = try CertificateAuthority(
                certificatePEM: authority.certificate.pem, privateKeyPEM: encrypted,
                passphrase: "\(Self.passphrase)?")
        }
        failing {
            _ = try CertificateAuthority(
                certificatePEM: authority.certificate.pem, privateKeyPEM: device.privateKeyPEM)
        }
        failing {
            _ = try CertificateAuthority(
                certificatePEM: authority.certificate.pem,
                privateKeyPEM: authorityKey.replacing("PRIVATE KEY", with: "PRIVATE KEX"))
        }
        failing { _ = try X509Certificate(pem: authorityKey) }
        failing { _ = try SigningRequest(pem: authorityKey) }
        failing {
            try ProofOfPossession.check(verification, authority: authority.certificate, code: code, now: 1)
        }
        failing {
            _ = try authority.encryptedPrivateKeyPEM(
                passphrase: Self.passphrase + String(repeating: "x", count: 1_024))
        }

        let fixture = try await OperatorFixture()
        let credential = try await fixture.add("device1")
        secrets.add(key: try #require(credential.privateKeyPEM))
        note(credential)
        note(OperatorReply.credential(credential))
        if let error = await fixture.failure(
            .registerAuthority(.init(pem: authorityKey)))
        {
            note(error)
        }
        #expect(text.contains("CN=CA"), "the text is not what it should be")
        #expect(secrets.pieces.count > 12)
        #expect(secrets.found(in: text) == [])
    }

    @Test("A gateway that logs everything logs no key")
    func connections() async throws {
        let log = Log()
        var secrets = Secrets()
        try await TestGateway.run(logger: log.logger) { test in
            let known = try await test.device("known")
            let stranger = try await test.device("stranger", registered: false)
            for credential in [known, stranger] { secrets.add(key: credential.privateKeyPEM) }
            _ = try await test.connect(known, clientID: "known")
            _ = try? await test.connect(stranger, clientID: "stranger")
            log.text.withLock { $0 += Self.shown(test.observer.refusals) + Self.shown(test.gateway) }
        }
        let text = log.text.withLock { $0 }
        #expect(text.contains("stranger") || text.contains("unregistered") || text.contains("refus"))
        #expect(secrets.found(in: text) == [])
    }
}
