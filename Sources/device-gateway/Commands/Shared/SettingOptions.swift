import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Settings on the command line. They win over the environment and the file.
struct SettingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address that devices connect to.", valueName: "address"))
    var tlsHost: String?

    @Option(help: ArgumentHelp("Port for MQTT over TLS.", valueName: "port"))
    var tlsPort: String?

    @Option(help: ArgumentHelp("Oldest TLS version accepted.", valueName: "1.0…1.3"))
    var tlsMinimumVersion: String?

    @Option(help: ArgumentHelp("Newest TLS version accepted.", valueName: "1.0…1.3"))
    var tlsMaximumVersion: String?

    @Option(
        help: ArgumentHelp(
            "AWS IoT Core's security policy, such as TLS13_1_2_2022_10; decides versions and suites.",
            valueName: "name"))
    var tlsSecurityPolicy: String?

    @Option(
        name: .customLong("tls-certificate-file"),
        help: ArgumentHelp(
            "Certificate chain to present instead of the gateway's own; repeatable (RSA and EC).",
            valueName: "file"))
    var tlsCertificateFiles: [String] = []

    @Option(
        name: .customLong("tls-private-key-file"),
        help: ArgumentHelp("Its key, PEM or DER; repeatable, in the same order.", valueName: "file"))
    var tlsPrivateKeyFiles: [String] = []

    @Option(
        help: ArgumentHelp("File whose first line opens encrypted keys.", valueName: "file"))
    var tlsPassphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Whether authorities' OCSP responders are asked about devices; hard refuses without an answer.",
            valueName: "none|soft|hard"))
    var ocspMode: String?

    @Option(
        name: .customLong("ocsp-responder"),
        help: ArgumentHelp("An OCSP responder to ask, http only; repeatable, in order.", valueName: "URL"))
    var ocspResponders: [String] = []

    @Flag(help: "Opens a port without TLS on the loopback, for tests.")
    var plaintextEnabled = false

    @Option(help: ArgumentHelp("Address of the port without TLS.", valueName: "address"))
    var plaintextHost: String?

    @Option(help: ArgumentHelp("Port without TLS.", valueName: "port"))
    var plaintextPort: String?

    @Flag(help: "Lets the port without TLS be reached from other machines.")
    var plaintextDangerouslyAllowBeyondLoopback = false

    @Option(
        name: .customLong("plaintext-anonymous-policy"),
        help: ArgumentHelp("A policy for clients on the port without TLS; repeatable.", valueName: "name"))
    var plaintextAnonymousPolicies: [String] = []

    @Option(
        help: ArgumentHelp(
            "First part of the ARNs that policies name; better put into gateway.yaml.", valueName: "partition"
        ))
    var awsPartition: String?

    @Option(
        help: ArgumentHelp(
            "Region in the ARNs that policies name; better put into gateway.yaml.", valueName: "region"))
    var awsRegion: String?

    @Option(
        help: ArgumentHelp(
            "Account in the ARNs that policies name; better put into gateway.yaml.", valueName: "id"))
    var awsAccountID: String?

    @OptionGroup var authorityPassphrase: AuthorityPassphraseOptions

    @Option(help: ArgumentHelp("Least severe messages that are logged.", valueName: "level"))
    var logLevel: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Any setting of gateway.yaml by its key; repeatable.", valueName: "key=value"))
    var others: [String] = []

    /// What was given, by key.
    var flags: [String: [String]] {
        var flags: [String: [String]] = [:]
        for entry in others {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard parts.count == 2 else { continue }
            let isList = Setting[parts[0]]?.isList ?? false
            flags[parts[0]] = isList ? parts[1].split(separator: ",").map(String.init) : [parts[1]]
        }
        func put(_ key: String, _ value: String?) {
            if let value { flags[key] = [value] }
        }
        put("tls.host", tlsHost)
        put("tls.port", tlsPort)
        put("tls.minimum-version", tlsMinimumVersion)
        put("tls.maximum-version", tlsMaximumVersion)
        put("tls.security-policy", tlsSecurityPolicy)
        put("tls.passphrase-file", tlsPassphraseFile.map(Self.fromHere))
        if !tlsCertificateFiles.isEmpty {
            flags["tls.certificate-files"] = tlsCertificateFiles.map(Self.fromHere)
        }
        if !tlsPrivateKeyFiles.isEmpty {
            flags["tls.private-key-files"] = tlsPrivateKeyFiles.map(Self.fromHere)
        }
        put("ocsp.mode", ocspMode)
        if !ocspResponders.isEmpty { flags["ocsp.responders"] = ocspResponders }
        put("plaintext.enabled", plaintextEnabled ? "true" : nil)
        put("plaintext.host", plaintextHost)
        put("plaintext.port", plaintextPort)
        put(
            "plaintext.dangerously-allow-beyond-loopback",
            plaintextDangerouslyAllowBeyondLoopback ? "true" : nil)
        if !plaintextAnonymousPolicies.isEmpty {
            flags["plaintext.anonymous-policies"] = plaintextAnonymousPolicies
        }
        put("aws.partition", awsPartition)
        put("aws.region", awsRegion)
        put("aws.account-id", awsAccountID)
        put("ca.passphrase-file", authorityPassphrase.file)
        put("ca.passphrase-variable", authorityPassphrase.variable)
        put("log.level", logLevel)
        return flags
    }

    /// Files in flags are relative to where the command runs; those in gateway.yaml to the gateway's directory.
    private static func fromHere(_ file: String) -> String {
        file.isEmpty || file.hasPrefix("/") || CredentialFiles.isURI(file)
            ? file : FileManager.default.currentDirectoryPath + "/" + file
    }

    func validate() throws {
        for entry in others where !entry.contains("=") {
            throw ValidationError("--set needs key=value, for example --set limits.maximum-connections=100.")
        }
    }
}

extension SettingsLoader {
    /// The loader for a gateway's directory in this process's environment.
    init(_ directory: GatewayDirectory, flags: [String: [String]] = [:]) throws {
        self.init(
            flags: flags, environment: ProcessInfo.processInfo.environment,
            file: try DurableFile.readText(directory.configuration, limit: ConfigurationFile.maximumSize)
                .map { ($0, directory.configuration) })
    }
}
