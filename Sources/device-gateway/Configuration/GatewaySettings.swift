import DeviceGateway
import GatewayTLS
import IoTPolicy
import Logging

/// All that can be set from outside, with its defaults. ``Setting/all`` gives each a key.
struct GatewaySettings: Sendable {
    struct TLS: Sendable {
        var host = "0.0.0.0"
        var port = 8883
        var minimumVersion = TLSVersion.v1_2
        var maximumVersion = TLSVersion.v1_3
    }

    struct Plaintext: Sendable {
        var isEnabled = false
        var host = "127.0.0.1"
        var port = 1883
        var dangerouslyAllowBeyondLoopback = false
        var anonymousPolicies: [String] = []
    }

    struct AWS: Sendable {
        var partition = "aws"
        var region = "us-east-1"
        var accountID = "123456789012"
    }

    struct Authority: Sendable {
        var passphraseFile = ""
        var passphraseVariable = ""

        /// Where the passphrase of the authority's key comes from.
        var passphrases: PassphraseSources {
            PassphraseSources(
                file: passphraseFile.isEmpty ? nil : passphraseFile,
                variable: passphraseVariable.isEmpty ? nil : passphraseVariable, asks: true)
        }
    }

    var tls = TLS()
    var plaintext = Plaintext()
    var aws = AWS()
    var authority = Authority()
    var logLevel = Logger.Level.info
    var limits = GatewayLimits()
    var behaviour = GatewayBehaviour()

    var scope: ARNScope {
        ARNScope(partition: aws.partition, region: aws.region, accountID: aws.accountID)
    }

    /// The gateway's configuration with its server credential.
    func configuration(credential: TLSCredential) -> GatewayConfiguration {
        GatewayConfiguration(
            scope: scope,
            tls: TLSEndpoint(
                host: tls.host, port: tls.port, credentials: [credential],
                versions: tls.minimumVersion...tls.maximumVersion),
            plaintext: plaintext.isEnabled
                ? PlaintextEndpoint(
                    host: plaintext.host, port: plaintext.port,
                    dangerouslyAllowBeyondLoopback: plaintext.dangerouslyAllowBeyondLoopback,
                    anonymousPolicies: plaintext.anonymousPolicies) : nil,
            limits: limits,
            behaviour: behaviour)
    }

    /// What is wrong between settings that are each acceptable.
    var contradictions: [String] {
        var problems: [String] = []
        if tls.minimumVersion > tls.maximumVersion {
            problems.append("tls.minimum-version is above tls.maximum-version; no client could connect")
        }
        if limits.maximumConnectPacketSize > limits.maximumPacketSize {
            problems.append("limits.maximum-connect-packet-size is above limits.maximum-packet-size")
        }
        return problems
    }
}
