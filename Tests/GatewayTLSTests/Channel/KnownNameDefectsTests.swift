import Testing

@testable import GatewayTLS

/// What other TLS handlers took for a server's name, by the number of the issue at swift-nio-ssl.
@Suite("Defects in names known from others", .timeLimit(.minutes(1)))
struct KnownNameDefectsTests {
    /// Whether a client that wants `name` takes a server whose certificate has these alternative names.
    private func accepts(_ name: String, _ alternatives: String, file: String) throws -> Bool {
        let pki = try TestPKI.shared
        let identity = try TestPKI.issue(
            file, in: pki.directory, issuer: pki.authority,
            extensions: [
                "basicConstraints=critical,CA:FALSE", "extendedKeyUsage=serverAuth",
                "subjectAltName=\(alternatives)",
            ])
        let pair = try ChannelPair(
            server: try Contexts.server([identity]), client: try Contexts.client(name: name))
        try pair.connect()
        let isAccepted = pair.client.handler.evidence != nil
        #expect(pair.client.recorder.failures.map(\.code) == (isAccepted ? [] : [.serverNotTrusted]))
        return isAccepted
    }

    @Test(
        "#588: a name that is longer or shorter by one is another",
        arguments: [
            ("gateway.test", true), ("gateway.tes", false), ("gateway.testt", false), ("ateway.test", false),
        ])
    func nameLengths(_ name: String, _ expected: Bool) throws {
        #expect(try accepts(name, "DNS:gateway.test", file: "length-\(name)") == expected)
    }

    @Test("an alternative name of another type (otherName) is no host name, and is read as none")
    func otherName() throws {
        let other = "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:gateway.test"
        #expect(try accepts("gateway.test", "\(other)", file: "other-only") == false)
        #expect(try accepts("gateway.test", "\(other),DNS:gateway.test", file: "other-too"))
        #expect(try accepts("gateway.test", "email:a@gateway.test,URI:gateway.test", file: "mail") == false)
    }

    @Test("#580: a wildcard is a whole label, and stands for no A-label's part")
    func wildcards() throws {
        #expect(try accepts("a.gateway.test", "DNS:*.gateway.test", file: "wild-whole"))
        #expect(try accepts("xn--n3h.gateway.test", "DNS:*.gateway.test", file: "wild-a-label"))
        #expect(
            try accepts("xn--n3h.gateway.test", "DNS:xn--*.gateway.test", file: "wild-in-a-label") == false)
        #expect(try accepts("a.b.gateway.test", "DNS:*.gateway.test", file: "wild-two") == false)
        #expect(try accepts("gateway.test", "DNS:*.gateway.test", file: "wild-none") == false)
        #expect(try accepts("gateway.test", "DNS:g*.test", file: "wild-part") == false)
    }
}
