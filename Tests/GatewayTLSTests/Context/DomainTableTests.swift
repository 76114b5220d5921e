import Testing

@testable import GatewayTLS

@Suite("Which domain answers a hello")
struct DomainTableTests {
    private func domain(
        _ name: String, _ serverNames: [String] = [], ports: Set<Int> = [], offering: [String] = []
    ) -> TLSDomain {
        TLSDomain(
            name: name, serverNames: serverNames, ports: ports, whenOffering: offering,
            configuration: TLSServerConfiguration(credentials: []))
    }

    private func table(
        _ domains: [TLSDomain], defaultDomain: String? = nil, unknown: TLSUnknownServerName = .reject
    ) -> DomainTable<Int> {
        DomainTable(
            domains, answers: Array(domains.indices), defaultDomain: defaultDomain,
            unknownServerName: unknown)
    }

    private func hello(_ name: String?, port: Int? = nil, _ protocols: [String] = []) -> TLSClientHello {
        TLSClientHello(
            serverName: name, applicationProtocols: protocols, versions: .v1_2 ... .v1_3, localPort: port)
    }

    @Test("an exact name goes before a wildcard, which stands for one label")
    func names() {
        let table = table([
            domain("wild", ["*.example.test"]), domain("exact", ["a.example.test", "B.Example.Test"]),
            domain("top", ["example.test"]),
        ])
        #expect(table.select(hello("a.example.test")) == .domain(1))
        #expect(table.select(hello("b.example.test")) == .domain(1))
        #expect(table.select(hello("c.example.test")) == .domain(0))
        #expect(table.select(hello("example.test")) == .domain(2))
        for name in ["c.d.example.test", "cexample.test", "test", ".example.test", "*.other.test"] {
            #expect(table.select(hello(name)) == .refused(.unknownServerName))
        }
    }

    @Test("an unknown name, and none at all, are told apart")
    func unknownNames() {
        let domains = [domain("main", ["main.test"]), domain("other", ["other.test"])]
        let rejecting = table(domains, defaultDomain: "other")
        #expect(rejecting.select(hello("nobody.test")) == .refused(.unknownServerName))
        #expect(rejecting.select(hello(nil)) == .domain(1))
        // What cannot be a host's name is not the same as none.
        #expect(rejecting.select(hello(nil), isNameUnusable: true) == .refused(.unknownServerName))

        let lenient = table(domains, defaultDomain: "other", unknown: .useDefault)
        #expect(lenient.select(hello("nobody.test")) == .domain(1))
        #expect(lenient.select(hello(nil), isNameUnusable: true) == .domain(1))

        let without = table(domains, unknown: .useDefault)
        #expect(without.select(hello(nil)) == .refused(.missingServerName))
        #expect(without.select(hello("nobody.test")) == .refused(.unknownServerName))
    }

    @Test("AWS IoT's port 443: application protocols choose, with and without a server name")
    func applicationProtocols() {
        let names = ["ats.iot.test"]
        let table = table(
            [
                domain("data", names, ports: [443]),
                domain("data", names, ports: [443], offering: ["x-amzn-mqtt-ca"]),
                domain("data", names, ports: [443], offering: ["mqtt"]),
                domain("data", names, ports: [8883]),
            ], defaultDomain: "data")
        for name in ["ats.iot.test", nil] {
            #expect(table.select(hello(name, port: 443)) == .domain(0))
            #expect(table.select(hello(name, port: 443, ["http/1.1"])) == .domain(0))
            #expect(table.select(hello(name, port: 443, ["x-amzn-mqtt-ca"])) == .domain(1))
            #expect(table.select(hello(name, port: 443, ["h2", "mqtt"])) == .domain(2))
            // The list's order decides, not the client's.
            #expect(table.select(hello(name, port: 443, ["mqtt", "x-amzn-mqtt-ca"])) == .domain(1))
            #expect(table.select(hello(name, port: 8883, ["x-amzn-mqtt-ca"])) == .domain(3))
        }
        #expect(table.select(hello("ats.iot.test", port: 80)) == .refused(.unknownServerName))
        // Whoever does not say the port gets nothing that depends on it.
        #expect(table.select(hello("ats.iot.test")) == .refused(.unknownServerName))
    }

    @Test("a domain that needs an application protocol refuses without one")
    func neededProtocol() {
        let table = table([domain("a", ["a.test"], offering: ["mqtt"]), domain("w", ["*.test"])])
        #expect(table.select(hello("a.test")) == .refused(.noApplicationProtocol))
        #expect(table.select(hello("a.test", ["http/1.1"])) == .refused(.noApplicationProtocol))
        #expect(table.select(hello("a.test", ["mqtt"])) == .domain(0))
    }

    @Test("a name served on another port falls to a wildcard served on this one")
    func ports() {
        let table = table([domain("a", ["a.test"], ports: [8883]), domain("w", ["*.test"], ports: [443])])
        #expect(table.select(hello("a.test", port: 8883)) == .domain(0))
        #expect(table.select(hello("a.test", port: 443)) == .domain(1))
    }

    @Test("lists that cannot be meant are refused")
    func validation() throws {
        func failure(_ domains: [TLSDomain], defaultDomain: String? = nil) -> TLSError.Code? {
            do throws(TLSError) {
                try TLSDomain.validate(domains, defaultDomain: defaultDomain)
                return nil
            } catch { return error.code }
        }
        #expect(
            failure([domain("a", ["a.test", "*.a.test", "localhost", "10.0.0.1"])], defaultDomain: "a") == nil
        )
        for name in ["", "*", "*.", "*.*.test", "a.*.test", "a.test.", ".test", "a b", "*.test.", "ü.test"] {
            #expect(failure([domain("a", [name])]) == .invalidConfiguration, "\(name)")
        }
        #expect(failure([domain("", [])]) == .invalidConfiguration)
        #expect(failure([domain("a")], defaultDomain: "b") == .invalidConfiguration)
        #expect(failure([domain("a", ports: [0])]) == .invalidConfiguration)
        #expect(failure([domain("a", offering: [""])]) == .invalidConfiguration)
    }
}
