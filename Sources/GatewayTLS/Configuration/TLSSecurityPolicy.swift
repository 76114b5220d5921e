/// One of AWS IoT Core's security policies: the versions and cipher suites of a domain configuration, by
/// name (AWS IoT Core developer guide, "Transport security in AWS IoT Core").
///
/// The guide lists the suites but not the order in which AWS prefers them; here forward secrecy goes first,
/// then AEAD, then EC before RSA.
public struct TLSSecurityPolicy: Hashable, Sendable {
    /// AWS's name, such as "IoTSecurityPolicy_TLS13_1_2_2022_10".
    public let name: String
    /// The versions served.
    public let versions: ClosedRange<TLSVersion>
    /// The cipher suites up to TLS 1.2, in OpenSSL's list format; empty when no such version is served.
    public let cipherSuites: String
    /// The cipher suites of TLS 1.3, in OpenSSL's list format; nil when it isn't served.
    public let cipherSuitesTLS13: String?

    private static let prefix = "IoTSecurityPolicy_"

    private init(
        _ name: String, _ versions: ClosedRange<TLSVersion>, suites: [String], tls13: [String] = []
    ) {
        self.name = Self.prefix + name
        self.versions = versions
        cipherSuites = suites.joined(separator: ":")
        cipherSuitesTLS13 = tls13.isEmpty ? nil : tls13.joined(separator: ":")
    }

    /// Finds a policy by AWS's name, with or without "IoTSecurityPolicy_".
    public init?(name: String) {
        guard let policy = Self.all.first(where: { $0.name == name || $0.name == Self.prefix + name }) else {
            return nil
        }
        self = policy
    }

    // Names follow AWS's, whose digits mean versions and dates.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// TLS 1.3 only.
    public static let tls13_1_3_2022_10 = TLSSecurityPolicy(
        "TLS13_1_3_2022_10", .v1_3 ... .v1_3, suites: [], tls13: modern + ["TLS_CHACHA20_POLY1305_SHA256"])

    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// TLS 1.2 and 1.3: what AWS uses for new domain configurations.
    public static let tls13_1_2_2022_10 = TLSSecurityPolicy(
        "TLS13_1_2_2022_10", .v1_2 ... .v1_3, suites: forwardSecret + keyTransport,
        tls13: modern + ["TLS_CHACHA20_POLY1305_SHA256"])

    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// TLS 1.2 only.
    public static let tls12_1_2_2022_10 = TLSSecurityPolicy(
        "TLS12_1_2_2022_10", .v1_2 ... .v1_2, suites: forwardSecret + keyTransport)

    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// AWS's older policy of some regions. Its name says TLS 1.0 to 1.2, the guide TLS 1.2: this is the
    /// latter, and `minimumVersion` of ``TLSServerConfiguration/apply(_:minimumVersion:)`` the switch.
    ///
    /// The guide lists AES128-SHA256 for port 443 only: ``forPort(_:)`` leaves it out elsewhere.
    public static let tls12_1_0_2016_01 = TLSSecurityPolicy(
        "TLS12_1_0_2016_01", .v1_2 ... .v1_2, suites: forwardSecret + keyTransport)

    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// AWS's older policy of the other regions. Its name says TLS 1.0 to 1.2, the guide TLS 1.2: this is the
    /// latter, and `minimumVersion` of ``TLSServerConfiguration/apply(_:minimumVersion:)`` the switch.
    public static let tls12_1_0_2015_01 = TLSSecurityPolicy(
        "TLS12_1_0_2015_01", .v1_2 ... .v1_2, suites: forwardSecret + ["DHE-RSA-AES256-SHA"] + keyTransport)

    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// TLS 1.2 and 1.3 with fewer suites: AWS's default in GovCloud and for FIPS endpoints.
    public static let tls13_1_2_2022_01 = TLSSecurityPolicy(
        "TLS13_1_2_2022_01", .v1_2 ... .v1_3, suites: forwardSecret + ["AES128-SHA", "AES256-SHA"],
        tls13: modern)

    /// All of them.
    public static let all: [TLSSecurityPolicy] = [
        tls13_1_3_2022_10, tls13_1_2_2022_10, tls12_1_2_2022_10, tls12_1_0_2016_01, tls12_1_0_2015_01,
        tls13_1_2_2022_01,
    ]

    /// The policy as the guide has it for one port: `TLS12_1_0_2016_01` differs, all others are the same.
    public func forPort(_ port: Int) -> TLSSecurityPolicy {
        guard self == .tls12_1_0_2016_01, port != 443 else { return self }
        return TLSSecurityPolicy(
            String(name.dropFirst(Self.prefix.count)), versions,
            suites: Self.forwardSecret + Self.keyTransport.filter { $0 != "AES128-SHA256" })
    }

    private static let modern = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]
    private static let forwardSecret = [
        "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256", "AES256-SHA384", "AES128-SHA",
        "AES256-SHA",
    ].flatMap { ["ECDHE-ECDSA-" + $0, "ECDHE-RSA-" + $0] }
    private static let keyTransport = [
        "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256", "AES256-SHA256", "AES128-SHA",
        "AES256-SHA",
    ]
}

extension TLSSecurityPolicy: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}

extension TLSServerConfiguration {
    /// Takes versions and cipher suites from one of AWS's policies.
    ///
    /// - Parameter minimumVersion: serve from this version on instead of the policy's; at most the policy's
    ///   newest.
    public mutating func apply(_ policy: TLSSecurityPolicy, minimumVersion: TLSVersion? = nil) {
        let newest = policy.versions.upperBound
        versions = min(minimumVersion ?? policy.versions.lowerBound, newest)...newest
        cipherSuites = policy.cipherSuites.isEmpty ? nil : policy.cipherSuites
        cipherSuitesTLS13 = policy.cipherSuitesTLS13
    }
}
