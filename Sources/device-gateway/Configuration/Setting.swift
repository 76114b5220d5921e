import DeviceGateway

/// One thing that can be set, with everything that flags, environment and file need to know of it.
struct Setting: Sendable {
    /// Section and name, as in the file: `tls.port`.
    let key: String
    /// What it means, as the file's comment says it.
    let summary: String
    /// Completes “allowed is …”.
    let allowed: String
    /// Whether its value is a list.
    let isList: Bool
    /// The default as YAML, taken from ``GatewaySettings`` itself.
    let standard: String
    /// Sets it; false when the words aren't acceptable.
    let apply: @Sendable (inout GatewaySettings, [String]) -> Bool

    /// `tls` of `tls.port`
    var section: Substring { key.prefix { $0 != "." } }
    /// `port` of `tls.port`
    var name: Substring { key.dropFirst(section.count + 1) }
    /// `DEVICE_GATEWAY_TLS_PORT`
    var environmentName: String { Self.environmentPrefix + Self.environmentSpelling(key) }

    static let environmentPrefix = "DEVICE_GATEWAY_"

    private static func environmentSpelling(_ key: String) -> String {
        String(key.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }

    init<Value>(
        _ key: String, _ path: any WritableKeyPath<GatewaySettings, Value> & Sendable,
        _ kind: SettingKind<Value>, _ summary: String
    ) {
        self.key = key
        self.summary = summary
        self.allowed = kind.allowed
        self.isList = kind.isList
        self.standard = kind.render(GatewaySettings()[keyPath: path])
        self.apply = { settings, words in
            guard let value = kind.parse(words) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    /// A setting by its key, those of any domain included.
    static subscript(key: String) -> Setting? {
        if let name = domainName(of: key) { return domain(named: name).first { $0.key == key } }
        return byKey[key]
    }

    /// Keys that a mistaken one may have been meant for.
    static func keys(near key: String) -> [String] {
        (all + (domainName(of: key).map(domain) ?? [])).map(\.key)
    }

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// Every setting, in the order of the file.
    static let all = tls + ocsp + others

    private static let others: [Setting] = [
        Setting(
            "plaintext.enabled", \.plaintext.isEnabled, .onOrOff,
            "Opens a port without TLS, for tests and proxies on this machine."),
        Setting("plaintext.host", \.plaintext.host, .host, "Address of that port; keep it on the loopback."),
        Setting("plaintext.port", \.plaintext.port, .port, "Port without TLS."),
        Setting(
            "plaintext.dangerously-allow-beyond-loopback", \.plaintext.dangerouslyAllowBeyondLoopback,
            .onOrOff,
            "Lets plaintext.host be an address that other machines reach. Everything on it can be read and forged."
        ),
        Setting(
            "plaintext.anonymous-policies", \.plaintext.anonymousPolicies, .policyNames,
            "Policies that hold for clients on that port, who have no certificate; none refuses them all."),
        Setting(
            "plaintext.proxy-trusted-peers", \.plaintext.proxyTrustedPeers, .addressPrefixes,
            "Proxies that must send the PROXY protocol on that port."),

        Setting("aws.partition", \.aws.partition, .partition, "First part of the ARNs that policies name."),
        Setting("aws.region", \.aws.region, .region, "Region in the ARNs that policies name."),
        Setting("aws.account-id", \.aws.accountID, .accountID, "Account in the ARNs that policies name."),

        Setting(
            "ca.passphrase-file", \.authority.passphraseFile, .path,
            "File with the passphrase of the authority's encrypted key; only its owner may read it."),
        Setting(
            "ca.passphrase-variable", \.authority.passphraseVariable, .variable,
            "Name of an environment variable that holds that passphrase instead."),

        Setting("log.level", \.logLevel, .logLevel, "Least severe messages that are logged."),

        Setting(
            "behaviour.refused-subscription", \.behaviour.refusedSubscription,
            .choice([("failure-code", .failureCode), ("disconnect", .disconnect)]),
            "What an MQTT 3.1.1 client gets for a filter its policies refuse; AWS IoT Core: disconnect."),
        Setting(
            "behaviour.refused-connection", \.behaviour.refusedConnection,
            .choice([("return-code", .returnCode), ("disconnect", .disconnect)]),
            "What a client gets whose CONNECT is refused over MQTT 3.1.1; AWS IoT Core: disconnect."),
        Setting(
            "behaviour.multi-level-wildcard-matches-parent", \.behaviour.multiLevelWildcardMatchesParent,
            .onOrOff,
            "Whether a/# also matches a, as the standard has it; AWS IoT Core: false."),
        Setting(
            "behaviour.explains-refusals-to-devices", \.behaviour.explainsRefusalsToDevices, .onOrOff,
            "Explains refusals in MQTT 5 reason strings. For development: it tells a thief what stands in the way."
        ),

        Setting(
            "limits.maximum-connections", \.limits.maximumConnections, .count(1...10_000_000),
            "Connections in all; past it a newcomer takes the place of one that hasn't got through yet."),
        Setting(
            "limits.maximum-connections-per-prefix", \.limits.maximumConnectionsPerPrefix,
            .orNone(.count(1...10_000_000)),
            "Connections from one prefix of addresses."),
        Setting(
            "limits.connection-rate", \.limits.connectionRate, .acceptRate,
            "New connections a second from everybody."),
        Setting(
            "limits.connection-rate-per-prefix", \.limits.connectionRatePerPrefix, .acceptRate,
            "New connections a second from one prefix of addresses."),
        Setting(
            "limits.ipv4-prefix-length", \.limits.ipv4PrefixLength, .count(8...32),
            "How many bits of an IPv4 address make a prefix."),
        Setting(
            "limits.ipv6-prefix-length", \.limits.ipv6PrefixLength, .count(16...128),
            "How many bits of an IPv6 address make a prefix."),
        Setting(
            "limits.maximum-silent-per-event-loop", \.limits.maximumSilentPerEventLoop, .count(1...1_000_000),
            "Connections that have sent nothing yet, on each event loop; past it the oldest is ended."),
        Setting(
            "limits.maximum-handshakes-per-event-loop", \.limits.maximumHandshakesPerEventLoop,
            .count(1...1_000_000),
            "TLS handshakes at once on each event loop; past it the one longest without progress is ended."),
        Setting(
            "limits.handshake-time-per-tick", \.limits.handshakeTimePerTick,
            .time(.milliseconds(1) ... .seconds(1)),
            "How much of an event loop's tick handshakes may take; established connections come first."),
        Setting(
            "limits.maximum-connection-lifetime", \.limits.maximumConnectionLifetime,
            .orNone(.time(.seconds(1) ... .seconds(31_536_000))),
            "How long a connection may live."),
        Setting(
            "limits.first-byte-timeout", \.limits.firstByteTimeout,
            .time(.milliseconds(100) ... .seconds(3_600)),
            "From accept to the first byte."),
        Setting(
            "limits.handshake-timeout", \.limits.handshakeTimeout,
            .time(.milliseconds(100) ... .seconds(3_600)),
            "From accept to a finished TLS handshake."),
        Setting(
            "limits.connect-timeout", \.limits.connectTimeout, .time(.milliseconds(100) ... .seconds(3_600)),
            "From the finished handshake to a complete CONNECT."),
        Setting(
            "limits.close-timeout", \.limits.closeTimeout, .time(.milliseconds(100) ... .seconds(3_600)),
            "For a closed connection to read the last packet."),
        Setting(
            "limits.maximum-packet-size", \.limits.maximumPacketSize, .size(1_024...268_435_460),
            "Largest MQTT packet; AWS IoT Core: 128KiB of payload."),
        Setting(
            "limits.maximum-connect-packet-size", \.limits.maximumConnectPacketSize, .size(256...1_048_576),
            "Largest CONNECT packet: all that a stranger can make the gateway hold."),
        Setting(
            "limits.maximum-client-id-length", \.limits.maximumClientIDLength, .count(23...65_535),
            "Longest client identifier in bytes; AWS IoT Core: 128."),
        Setting(
            "limits.maximum-keep-alive", \.limits.maximumKeepAlive, .count(5...65_535),
            "Longest keep-alive in seconds; AWS IoT Core: 1200."),
        Setting(
            "limits.maximum-session-expiry-interval", \.limits.maximumSessionExpiryInterval,
            .count(0...4_294_967_295),
            "Longest session expiry interval in seconds; AWS IoT Core: 3600 unless raised."),
        Setting(
            "limits.maximum-inflight", \.limits.maximumInflight, .count(1...65_535),
            "QoS 1 messages on the way to one client and not acknowledged; AWS IoT Core: 100."),
        Setting(
            "limits.receive-maximum", \.limits.receiveMaximum, .count(1...65_535),
            "QoS 1 messages on the way from one client and not acknowledged; AWS IoT Core: 100."),
        Setting(
            "limits.maximum-queued-messages", \.limits.maximumQueuedMessages, .count(1...100_000_000),
            "Messages waiting for one session."),
        Setting(
            "limits.maximum-queued-bytes", \.limits.maximumQueuedBytes, .size(1_024...(1 << 40)),
            "Bytes waiting for one session."),
        Setting(
            "limits.maximum-subscriptions-per-session", \.limits.maximumSubscriptionsPerSession,
            .count(1...1_000_000),
            "Subscriptions of one session; AWS IoT Core: 50."),
        Setting(
            "limits.maximum-filters-per-request", \.limits.maximumFiltersPerRequest, .count(1...65_535),
            "Filters in one SUBSCRIBE or UNSUBSCRIBE; AWS IoT Core: 8."),
        Setting(
            "limits.maximum-retained-levels-visited", \.limits.maximumRetainedLevelsVisited,
            .count(0...1_000_000_000),
            "Topic levels looked at to answer one SUBSCRIBE with retained messages."),
        Setting(
            "limits.maximum-sessions", \.limits.maximumSessions, .count(1...100_000_000),
            "Sessions in all, connected or not."),
        Setting(
            "limits.maximum-retained-messages", \.limits.maximumRetainedMessages, .count(0...100_000_000),
            "Retained messages in all."),
        Setting(
            "limits.maximum-retained-bytes", \.limits.maximumRetainedBytes, .size(0...(1 << 40)),
            "Bytes of retained messages in all."),
        Setting(
            "limits.topic-alias-maximum", \.limits.topicAliasMaximum, .count(0...65_535),
            "Topic aliases that a client may set; AWS IoT Core: 8."),
        Setting(
            "limits.maximum-explanations-per-second", \.limits.maximumExplanationsPerSecond,
            .count(0...1_000_000),
            "Refusals of one connection that are explained in the log in one second; the rest are counted."),
    ]
}
