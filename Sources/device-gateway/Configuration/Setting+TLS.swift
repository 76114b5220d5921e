import DeviceGateway
import GatewayTLS

extension Setting {
    /// The section `tls`.
    static let tls: [Setting] = [
        Setting("tls.host", \.tls.host, .host, "Address that devices connect to; \"::\" is IPv6 and IPv4."),
        Setting("tls.port", \.tls.port, .port, "Port for MQTT over TLS with client certificates."),
        Setting(
            "tls.security-policy", \.tls.securityPolicy, .securityPolicy,
            "AWS IoT Core's security policy that decides versions and cipher suites; none: those below."),
        Setting(
            "tls.minimum-version", \.tls.minimumVersion, .tlsVersionOrDefault,
            "Oldest TLS version accepted; default: the security policy's, or 1.2."),
        Setting(
            "tls.maximum-version", \.tls.maximumVersion, .tlsVersionOrDefault,
            "Newest TLS version accepted; default: the security policy's, or 1.3."),
        Setting(
            "tls.certificate-files", \.tls.credentials.certificateFiles, .files,
            "Certificate chains (PEM or DER), one RSA and one EC at most; none: the gateway's own server.pem."
        ),
        Setting(
            "tls.private-key-files", \.tls.credentials.privateKeyFiles, .files,
            "The keys of the certificates, in the same order."),
        Setting(
            "tls.pkcs12-files", \.tls.credentials.pkcs12Files, .files,
            "Certificates with their keys in PKCS#12."),
        Setting(
            "tls.passphrase-file", \.tls.credentials.passphraseFile, .file,
            "File whose first line opens encrypted keys."),
        Setting(
            "tls.passphrase-variable", \.tls.credentials.passphraseVariable, .variable,
            "Environment variable that opens encrypted keys."),
        Setting(
            "tls.staple-files", \.tls.credentials.stapleFiles, .files,
            "OCSP responses (DER) to staple, each about one of the certificates; a script keeps them fresh."),
        Setting(
            "tls.reload-interval", \.tls.reloadInterval, .time(.milliseconds(100) ... .seconds(3_600)),
            "How often the files are looked at for changes. SIGHUP looks at once."),
        Setting(
            "tls.client-certificate", \.tls.clientCertificate,
            .choice([("required", .required), ("optional", .optional)]),
            "Whether a device without a certificate is refused in the handshake or, optional, at CONNECT."),
        Setting(
            "tls.client-authorities-file", \.tls.clientAuthoritiesFile, .file,
            "Authorities (PEM) that devices' chains must lead to, over and above being registered."),
        Setting(
            "tls.application-protocols", \.tls.applicationProtocols, .protocolNames,
            "ALPN protocol names; none: what a client offers is ignored."),
        Setting(
            "tls.unknown-server-name", \.tls.unknownServerName,
            .choice([("default", .useDefault), ("reject", .reject)]),
            "What a device gets that asks for a server name of no domain, once there are domains."),
        Setting(
            "tls.resumption", \.tls.resumption,
            .choice([("off", .off), ("cache", .cache), ("tickets", .tickets)]),
            "Whether devices may resume sessions: from this gateway's memory, or by tickets that others open too."
        ),
        Setting(
            "tls.ticket-keys-file", \.tls.ticketKeysFile, .file,
            "Ticket keys shared with other gateways; secret. Whoever has them can pass for any device."),
        Setting(
            "tls.rotates-ticket-keys", \.tls.rotatesTicketKeys, .onOrOff,
            "Whether this gateway makes the keys and writes that file; of several that share it, one does."),
        Setting(
            "tls.proxy-trusted-peers", \.tls.proxyTrustedPeers, .addressPrefixes,
            "Load balancers that pass TLS through and must send the PROXY protocol; from others it is refused."
        ),
        Setting(
            "tls.dangerously-log-keys-file", \.tls.dangerouslyLogKeysFile, .file,
            "For debugging: writes every connection's secrets there. Whoever reads it can read all traffic."),
    ]

    /// The settings of one domain, in the order of the file.
    static func domain(named name: String) -> [Setting] {
        let key = "domain.\(name)"
        return [
            Setting(
                "\(key).server-names", \.[domain: name].serverNames, .serverNames,
                "Server names (SNI) that it answers."),
            Setting(
                "\(key).ports", \.[domain: name].ports, .ports, "Ports that it answers on; none: any."),
            Setting(
                "\(key).security-policy", \.[domain: name].securityPolicy, .securityPolicy,
                "As in section tls; none: as there."),
            Setting(
                "\(key).minimum-version", \.[domain: name].minimumVersion, .tlsVersionOrDefault,
                "Oldest TLS version accepted; default: the policy's, or as in section tls."),
            Setting(
                "\(key).maximum-version", \.[domain: name].maximumVersion, .tlsVersionOrDefault,
                "Newest TLS version accepted; default: the policy's, or as in section tls."),
            Setting(
                "\(key).certificate-files", \.[domain: name].credentials.certificateFiles, .files,
                "Certificate chains (PEM or DER); none: those of section tls."),
            Setting(
                "\(key).private-key-files", \.[domain: name].credentials.privateKeyFiles, .files,
                "The keys of the certificates, in the same order."),
            Setting(
                "\(key).pkcs12-files", \.[domain: name].credentials.pkcs12Files, .files,
                "Certificates with their keys in PKCS#12."),
            Setting(
                "\(key).passphrase-file", \.[domain: name].credentials.passphraseFile, .file,
                "File whose first line opens encrypted keys."),
            Setting(
                "\(key).passphrase-variable", \.[domain: name].credentials.passphraseVariable,
                .variable,
                "Environment variable that opens encrypted keys."),
            Setting(
                "\(key).staple-files", \.[domain: name].credentials.stapleFiles, .files,
                "OCSP responses (DER) to staple."),
            Setting(
                "\(key).client-certificate", \.[domain: name].clientCertificate,
                .choice([("default", nil), ("required", .required), ("optional", .optional)]),
                "As in section tls; default: as there."),
            Setting(
                "\(key).application-protocols", \.[domain: name].applicationProtocols, .protocolNames,
                "ALPN protocol names; none: as in section tls."),
            Setting(
                "\(key).application-protocol", \.[domain: name].applicationProtocol,
                .word(
                    "\(GatewayDomain.secureMQTT), which is MQTT over TLS and all that this gateway speaks",
                    parse: { $0.uppercased() == GatewayDomain.secureMQTT ? GatewayDomain.secureMQTT : nil },
                    render: { $0 }),
                "What devices speak."),
        ]
    }

    /// The domain that a key is about: `factory` of `domain.factory.ports`.
    static func domainName(of key: String) -> String? {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "domain", isDomainName(parts[1]) else { return nil }
        return String(parts[1])
    }

    /// Lower case letters, digits and hyphens, 64 at most; `default` is the section `tls`.
    private static func isDomainName(_ name: Substring) -> Bool {
        (1...64).contains(name.utf8.count) && name != "default"
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
            }
    }
}
