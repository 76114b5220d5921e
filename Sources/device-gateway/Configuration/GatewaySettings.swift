import DeviceGateway
import GatewayTLS
import IoTPolicy
import Logging

/// All that can be set from outside, with its defaults. ``Setting/all`` gives each a key.
struct GatewaySettings: Sendable {
    struct Plaintext: Sendable {
        var isEnabled = false
        var host = "127.0.0.1"
        var port = 1883
        var dangerouslyAllowBeyondLoopback = false
        var anonymousPolicies: [String] = []
        var proxyTrustedPeers: [AddressPrefix] = []
    }

    struct AWS: Sendable {
        var partition = "aws"
        var region = "us-east-1"
        var accountID = "123456789012"
    }

    struct Authority: Sendable {
        var passphraseFile: String?
        var passphraseVariable: String?

        /// Where the passphrase of the authority's key comes from.
        var passphrases: PassphraseSources {
            PassphraseSources(file: passphraseFile, variable: passphraseVariable, asks: true)
        }
    }

    var tls = TLSSettings()
    /// By name.
    var domains: [String: DomainSettings] = [:]
    var ocsp = OCSPSettings()
    var plaintext = Plaintext()
    var aws = AWS()
    var authority = Authority()
    var logLevel = Logger.Level.info
    var limits = GatewayLimits()
    var behaviour = GatewayBehaviour()

    var scope: ARNScope {
        ARNScope(partition: aws.partition, region: aws.region, accountID: aws.accountID)
    }

    /// The gateway's configuration with its TLS endpoint.
    func configuration(tls endpoint: TLSEndpoint) -> GatewayConfiguration {
        GatewayConfiguration(
            scope: scope,
            tls: endpoint,
            plaintext: plaintext.isEnabled ? plaintextEndpoint : nil,
            clientOCSP: ocsp.clientOCSP,
            limits: limits,
            behaviour: behaviour)
    }

    private var plaintextEndpoint: PlaintextEndpoint {
        var endpoint = PlaintextEndpoint(
            host: plaintext.host, port: plaintext.port,
            dangerouslyAllowBeyondLoopback: plaintext.dangerouslyAllowBeyondLoopback,
            anonymousPolicies: plaintext.anonymousPolicies)
        if !plaintext.proxyTrustedPeers.isEmpty {
            endpoint.proxy = PROXYProtocol(trustedPeers: plaintext.proxyTrustedPeers)
        }
        return endpoint
    }

    /// A domain's settings; made when first asked for.
    subscript(domain name: String) -> DomainSettings {
        get { domains[name] ?? DomainSettings() }
        set { domains[name] = newValue }
    }

    /// What is wrong between settings that are each acceptable.
    var contradictions: [String] {
        var problems: [String] = []
        problems += tls.contradictions
        problems += ocsp.contradictions(connectTimeout: limits.connectTimeout)
        for (name, domain) in domains.sorted(by: { $0.key < $1.key }) {
            problems += domain.contradictions(name: name)
        }
        if limits.maximumConnectPacketSize > limits.maximumPacketSize {
            problems.append("limits.maximum-connect-packet-size is above limits.maximum-packet-size")
        }
        return problems
    }
}
