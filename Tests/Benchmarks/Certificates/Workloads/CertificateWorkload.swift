import X509Auth

/// The loops that are measured. One unit of work is one certificate issued, with its PEM text.
public enum CertificateWorkload: String, CaseIterable, Sendable {
    /// A new P-256 key and its certificate, both as text: what a device gets that has no key of its own.
    case create = "issue-key-and-certificate-p256"
    /// A certificate for a signing request, read and its proof of possession checked.
    case sign = "issue-for-request-p256"

    /// Does `count` units of work. Returns a figure that depends on all of them.
    public func run(_ count: Int) -> Int {
        do {
            let (authority, _) = try CertificateAuthority.create(
                commonName: "Benchmark CA", notBefore: 0, notAfter: CertificateAuthority.deviceNotAfter)
            switch self {
            case .create: return try create(authority, count)
            case .sign: return try sign(authority, count)
            }
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private func create(_ authority: CertificateAuthority, _ count: Int) throws -> Int {
        var result = 0
        for index in 0..<count {
            let issued = try authority.issueDevice(commonName: "device-\(index)", notBefore: 0)
            result += issued.certificatePEM.utf8.count + issued.privateKeyPEM.utf8.count
        }
        return result
    }

    private func sign(_ authority: CertificateAuthority, _ count: Int) throws -> Int {
        var result = 0
        for _ in 0..<count {
            result += try authority.sign(csrPEM: Self.request, notBefore: 0).pem.utf8.count
        }
        return result
    }

    /// Made by `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=device`.
    private static let request = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIHKMHMCAQAwETEPMA0GA1UEAwwGZGV2aWNlMFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEk7hF3ya/Zve+HG61hgOFJK0zvDB7BNimayn94AorC6YtaDMfJyCj9vak
        jGYojuySaXzPSOYkrDkY/QKakYx6/qAAMAoGCCqGSM49BAMCA0cAMEQCIGPjRG1F
        NiW8fYEiOnl0xmdcqOZMT9tLvegdzgh6zsL6AiAR01MW1FZeG+JPmlsLn1oyoOGE
        Rh+E/if6SxKhjBKssw==
        -----END CERTIFICATE REQUEST-----
        """
}
