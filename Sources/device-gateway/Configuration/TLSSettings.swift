import DeviceGateway
import GatewayTLS

/// Where a listener or a domain has its certificates and keys.
struct CredentialSettings: Sendable, Equatable {
    var certificateFiles: [String] = []
    var privateKeyFiles: [String] = []
    var pkcs12Files: [String] = []
    var passphraseFile: String?
    var passphraseVariable: String?
    var stapleFiles: [String] = []

    /// Whether none are named: then they are the gateway's own, or the listener's.
    var isEmpty: Bool { certificateFiles.isEmpty && pkcs12Files.isEmpty }

    func contradictions(_ place: String) -> [String] {
        var problems: [String] = []
        if certificateFiles.count != privateKeyFiles.count {
            problems.append(
                "\(place).certificate-files names \(certificateFiles.count), \(place).private-key-files "
                    + "\(privateKeyFiles.count); each certificate needs its key, in the same order "
                    + "(name a file with both twice)")
        }
        if passphraseFile != nil, passphraseVariable != nil {
            problems.append("\(place).passphrase-file and \(place).passphrase-variable exclude each other")
        }
        if isEmpty, !stapleFiles.isEmpty {
            problems.append("\(place).staple-files needs the certificates it is about, in the same section")
        }
        return problems
    }
}

/// The section `tls`.
struct TLSSettings: Sendable {
    var host = "0.0.0.0"
    var port = 8883
    var securityPolicy: TLSSecurityPolicy?
    var minimumVersion: TLSVersion?
    var maximumVersion: TLSVersion?
    var credentials = CredentialSettings()
    var reloadInterval = Duration.seconds(5)
    var clientCertificate = TLSClientCertificateMode.required
    var clientAuthoritiesFile: String?
    var applicationProtocols: [String] = []
    var unknownServerName = TLSUnknownServerName.useDefault
    var resumption = Resumption.off
    var ticketKeysFile: String?
    var rotatesTicketKeys = true
    var proxyTrustedPeers: [AddressPrefix] = []
    var dangerouslyLogKeysFile: String?

    enum Resumption: Sendable {
        case off, cache, tickets
    }

    /// Without a security policy.
    var versions: ClosedRange<TLSVersion> {
        let (oldest, newest) = (
            minimumVersion ?? min(.v1_2, maximumVersion ?? .v1_2), maximumVersion ?? .v1_3
        )
        return oldest...max(oldest, newest)
    }

    var contradictions: [String] {
        var problems = credentials.contradictions("tls")
        if let minimumVersion, let maximumVersion, minimumVersion > maximumVersion {
            problems.append("tls.minimum-version is above tls.maximum-version; no client could connect")
        }
        if ticketKeysFile != nil, resumption != .tickets {
            problems.append("tls.ticket-keys-file has no effect unless tls.resumption is tickets")
        }
        if !rotatesTicketKeys, ticketKeysFile == nil {
            problems.append("without tls.ticket-keys-file this gateway has to rotate its ticket keys itself")
        }
        if let securityPolicy {
            if maximumVersion != nil {
                problems.append(
                    "tls.maximum-version contradicts tls.security-policy, which decides it; leave it at default"
                )
            }
            if let minimumVersion, minimumVersion > securityPolicy.versions.upperBound {
                problems.append("tls.minimum-version is above the newest version of tls.security-policy")
            }
        }
        return problems
    }
}

/// A section below `domain`.
struct DomainSettings: Sendable {
    var serverNames: [String] = []
    var ports: [Int] = []
    var credentials = CredentialSettings()
    var securityPolicy: TLSSecurityPolicy?
    var minimumVersion: TLSVersion?
    var maximumVersion: TLSVersion?
    var clientCertificate: TLSClientCertificateMode?
    var applicationProtocols: [String] = []
    var applicationProtocol = GatewayDomain.secureMQTT

    func contradictions(name: String) -> [String] {
        let place = "domain.\(name)"
        var problems = credentials.contradictions(place)
        if serverNames.isEmpty {
            problems.append("\(place).server-names is missing; no device could reach the domain")
        }
        if (minimumVersion == nil) != (maximumVersion == nil) {
            problems.append("\(place) needs both minimum-version and maximum-version, or neither")
        }
        if let minimumVersion, let maximumVersion, minimumVersion > maximumVersion {
            problems.append("\(place).minimum-version is above its maximum-version; no client could connect")
        }
        return problems
    }

    /// The domain with what was read from its files.
    func domain(name: String, credentials: [TLSCredential]) -> GatewayDomain {
        var domain = GatewayDomain(
            name: name, serverNames: serverNames.map { $0.lowercased() }, ports: Set(ports),
            credentials: credentials, clientCertificate: clientCertificate,
            applicationProtocols: applicationProtocols.isEmpty ? nil : applicationProtocols,
            applicationProtocol: applicationProtocol)
        domain.securityPolicy = securityPolicy
        if let minimumVersion, let maximumVersion { domain.versions = minimumVersion...maximumVersion }
        return domain
    }
}
