import DeviceGateway
import GatewayTLS
import Logging
import Testing
import X509Auth

@testable import device_gateway

@Suite("Configuration")
struct SettingsLoaderTests {
    private func load(
        flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil
    ) throws -> GatewaySettings {
        try SettingsLoader(flags: flags, environment: environment, file: file.map { ($0, "gateway.yaml") })
            .load()
    }

    private func complaint(
        flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil
    ) -> String {
        do {
            _ = try load(flags: flags, environment: environment, file: file)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("Without anything, the defaults hold")
    func defaults() throws {
        let settings = try load()
        #expect(settings.tls.port == 8883)
        #expect(settings.tls.versions == .v1_2 ... .v1_3)
        #expect(!settings.plaintext.isEnabled)
        #expect(settings.plaintext.host == "127.0.0.1")
        #expect(settings.plaintext.anonymousPolicies.isEmpty)
    }

    @Test("Flags win over the environment, the environment over the file, the file over defaults")
    func precedence() throws {
        let flags = ["tls.port": ["1"]]
        let environment = ["DEVICE_GATEWAY_TLS_PORT": "2", "DEVICE_GATEWAY_AWS_REGION": "eu-west-2"]
        let file = "tls:\n  port: 3\n  host: \"::\"\naws:\n  region: eu-west-3\n"
        let settings = try load(flags: flags, environment: environment, file: file)
        #expect(settings.tls.port == 1)
        #expect(settings.aws.region == "eu-west-2")
        #expect(settings.tls.host == "::")
        #expect(try load(environment: environment, file: file).tls.port == 2)
        #expect(try load(file: file).tls.port == 3)
    }

    @Test("Section ocsp says whom to ask, and nobody is asked without it")
    func clientOCSP() throws {
        #expect(try load().ocsp.clientOCSP == nil)
        let authority = String(repeating: "ab", count: 32)
        let file = """
            ocsp:
              mode: hard
              responders: ["http://ocsp.example/"]
              authority-responders: ["\(authority)=http://ca.example/?a=b"]
              asks-certificate-urls: true
              timeout: 1500ms
              cache-size: 7
            """
        let ocsp = try #require(try load(file: file).ocsp.clientOCSP)
        #expect(ocsp.mode == .hard && ocsp.timeout == 2 && ocsp.cacheCapacity == 7)
        #expect(ocsp.responders == ["http://ocsp.example/"] && ocsp.asksCertificateURLs)
        #expect(ocsp.respondersByAuthority.values.first == ["http://ca.example/?a=b"])
    }

    @Test("Settings of ocsp that cannot work are refused, with what to do")
    func contradictoryOCSP() {
        #expect(complaint(flags: ["ocsp.mode": ["soft"]]).contains("nobody to ask"))
        #expect(complaint(flags: ["ocsp.responders": ["http://a/"]]).contains("no effect"))
        let asked = ["ocsp.mode": ["soft"], "ocsp.responders": ["http://a/"]]
        #expect(complaint(flags: asked).isEmpty)
        #expect(
            complaint(flags: asked.merging(["ocsp.timeout": ["10s"]]) { $1 }).contains("connect-timeout"))
        #expect(complaint(flags: ["ocsp.responders": ["https://a/"]]).contains("signed"))
        #expect(complaint(flags: ["ocsp.authority-responders": ["http://a/"]]).contains("authority's id"))
    }

    @Test("The file as shipped changes nothing, and says every default truly")
    func template() throws {
        let text = ConfigurationTemplate.text
        let asShipped = try load(file: text)
        #expect(asShipped.tls.port == 8883 && asShipped.limits == GatewaySettings().limits)

        // Every setting with its comment sign taken away.
        let names = Set(Setting.all.map { "  #\($0.name):" })
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            names.contains { line.hasPrefix($0) } ? "  " + line.dropFirst(3) : String(line)
        }
        #expect(lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("  #") }.count == Setting.all.count)
        let uncommented = try load(file: lines.joined(separator: "\n"))
        #expect(String(describing: uncommented) == String(describing: GatewaySettings()))
    }

    @Test(
        "An empty file, and one of comments alone, are no fault",
        arguments: ["", "\n\n", "# only this\n", "---\n# this\n"])
    func emptyFile(_ text: String) throws {
        #expect(try load(file: text).tls.port == 8883)
    }

    @Test("An unknown key is named, with what may have been meant")
    func unknownKey() {
        let text = complaint(file: "tls:\n  prot: 1\nunheard: 5\n")
        #expect(text.contains("gateway.yaml: there is no setting tls.prot; did you mean tls.port?"))
        #expect(text.contains("there is no setting unheard"))
        #expect(complaint(flags: ["tls.prot": ["1"]]).contains("--set: there is no setting tls.prot"))
    }

    @Test("A section with a value is unknown, a section without one is none")
    func sections() throws {
        #expect(complaint(file: "tls: 5\n").contains("no setting tls"))
        #expect(try load(file: "tls:\nlimits:\n").tls.port == 8883)
    }

    @Test(
        "A bad value is shown with its key, its place, and what is allowed",
        arguments: [
            ("tls.port", "70000", "a port from 0 to 65535"),
            ("tls.port", "-1", "a port from 0 to 65535"),
            ("tls.port", "many", "a port from 0 to 65535"),
            ("tls.minimum-version", "1.4", "1.0, 1.1, 1.2, 1.3"),
            ("tls.host", "a b", "an IP address or a host name"),
            ("plaintext.enabled", "maybe", "true or false"),
            ("aws.account-id", "12345678901", "twelve digits"),
            ("aws.region", "EU:1", "an AWS Region's code"),
            ("log.level", "loud", "trace"),
            ("limits.maximum-packet-size", "1TiB", "bytes or with KiB, MiB or GiB"),
            ("limits.handshake-timeout", "5", "with ms, s, m or h"),
            ("limits.maximum-keep-alive", "70000", "a whole number from 5 to 65535"),
        ])
    func badValue(_ key: String, _ value: String, _ allowed: String) throws {
        let setting = try #require(Setting[key])
        let fromEnvironment = complaint(environment: [setting.environmentName: value])
        #expect(fromEnvironment.contains("\(setting.environmentName) is “\(value)”; allowed is"))
        #expect(fromEnvironment.contains(allowed))
        let fromFile = complaint(file: "\(setting.section):\n  \(setting.name): \"\(value)\"\n")
        #expect(fromFile.contains("\(key) in gateway.yaml is “\(value)”"))
        #expect(complaint(flags: [key: [value]]).contains("\(key) on the command line is “\(value)”"))
    }

    @Test("A bad value with precedence is not covered up by a good one behind it")
    func badValueIsNotSkipped() {
        let text = complaint(environment: ["DEVICE_GATEWAY_TLS_PORT": "x"], file: "tls:\n  port: 1\n")
        #expect(text.contains("DEVICE_GATEWAY_TLS_PORT"))
    }

    @Test("A value of the wrong shape is refused, not ignored")
    func wrongShape() {
        #expect(complaint(file: "tls:\n  port: [1, 2]\n").contains("tls.port has to be a single value"))
        #expect(
            complaint(file: "plaintext:\n  anonymous-policies: open\n")
                .contains("plaintext.anonymous-policies has to be a list"))
    }

    @Test("All that is wrong is reported at once")
    func everything() {
        let text = complaint(
            environment: ["DEVICE_GATEWAY_LOG_LEVEL": "x"], file: "tls:\n  port: x\n  hots: y\n")
        #expect(text.split(separator: "\n").count == 4)
    }

    @Test("What is no YAML is refused")
    func noYAML() {
        #expect(complaint(file: "tls: [\n").contains("gateway.yaml can't be read as YAML"))
        #expect(complaint(file: "- a\n- b\n").contains("gateway.yaml can't be read as YAML"))
    }

    @Test("Versions the wrong way round are refused")
    func contradiction() {
        #expect(
            complaint(flags: ["tls.minimum-version": ["1.3"], "tls.maximum-version": ["1.2"]])
                .contains("tls.minimum-version is above tls.maximum-version"))
    }

    @Test("Lists come as sequences from the file and with commas from the environment")
    func lists() throws {
        #expect(
            try load(file: "plaintext:\n  anonymous-policies: [a, b]\n").plaintext.anonymousPolicies == [
                "a", "b",
            ])
        #expect(
            try load(environment: ["DEVICE_GATEWAY_PLAINTEXT_ANONYMOUS_POLICIES": "a,b"]).plaintext
                .anonymousPolicies
                == ["a", "b"])
    }

    @Test(
        "Sizes and times are read with their units",
        arguments: [("64KiB", 65_536), ("2 MiB", 2_097_152), ("1GiB", nil), ("5000", 5_000)]
            as [(String, Int?)])
    func sizes(_ text: String, _ size: Int?) throws {
        let flags = ["limits.maximum-packet-size": [text], "limits.maximum-connect-packet-size": ["1KiB"]]
        if let size {
            #expect(try load(flags: flags).limits.maximumPacketSize == size)
        } else {
            #expect(complaint(flags: flags).contains("limits.maximum-packet-size"))
        }
        #expect(
            try load(flags: ["limits.handshake-timeout": ["250ms"]]).limits.handshakeTimeout
                == .milliseconds(250))
        #expect(
            try load(flags: ["limits.handshake-timeout": ["2m"]]).limits.handshakeTimeout == .seconds(120))
    }

    @Test("Numbers that would overflow are refused, not wrapped")
    func overflow() {
        #expect(
            complaint(flags: ["limits.maximum-packet-size": ["9223372036854775807GiB"]]).contains(
                "allowed is"))
        #expect(
            complaint(flags: ["limits.handshake-timeout": ["9223372036854775807h"]]).contains("allowed is"))
    }

    @Test("Variables that look like settings are told from those that are")
    func unknownVariables() {
        let loader = SettingsLoader(environment: [
            "DEVICE_GATEWAY_TLS_PORT": "1", "DEVICE_GATEWAY_DIRECTORY": "x", "DEVICE_GATEWAY_TLS_PROT": "1",
            "PATH": "/",
        ])
        #expect(loader.unknownVariables == ["DEVICE_GATEWAY_TLS_PROT"])
    }

    @Test("No two settings share an environment variable")
    func environmentNames() {
        #expect(Set(Setting.all.map(\.environmentName)).count == Setting.all.count)
    }
}
