import Foundation
import Testing
import X509Auth

@testable import device_gateway

@Suite("certificate verify --json")
struct PathRequestTests {
    private static let now: Int64 = 1_893_456_000
    private let authority: CertificateAuthority
    private let device: X509Certificate

    init() throws {
        authority = try CertificateAuthority.create(
            commonName: "Authority", notBefore: Self.now - 1_000, notAfter: Self.now + 1_000
        ).0
        device = try authority.issueDevice(commonName: "device1", notBefore: Self.now - 10).certificate
    }

    private func answer(_ members: [String: Any], now: Int64 = now) throws -> PathAnswer {
        let all = members.merging([
            "leaf": device.pem, "trusted": [authority.certificate.pem],
        ]) { mine, _ in mine }
        return PathAnswer(
            line: Array(try JSONSerialization.data(withJSONObject: all)), number: 1, now: now)
    }

    @Test("a certificate of a trusted authority verifies, and the id comes back as it was")
    func verifies() throws {
        for (id, expected) in [("a", RequestID.text("a")), (7, .number(7))] as [(Any, RequestID)] {
            let answer = try answer([
                "id": id, "purpose": "clientAuth", "crls": [String](), "intermediates": [String](),
            ])
            #expect(answer.verdict == .success)
            #expect(answer.id == expected)
            #expect(answer.reason == "verified: CN=device1 <- CN=Authority")
        }
        #expect(try answer([:]).json.hasPrefix(#"{"id":null,"reason":"verified"#))
    }

    @Test("time decides; null is now; fractions are cut off")
    func time() throws {
        #expect(try answer(["time": NSNull()]).verdict == .success)
        #expect(try answer(["time": NSNull()], now: Self.now + 1_001).verdict == .failure)
        #expect(try answer(["time": "2030-01-01T00:16:40.999+00:00"]).verdict == .success)
        #expect(try answer(["time": "2030-01-01T00:16:41Z"]).reason.hasPrefix("expired"))
        #expect(try answer(["time": "yesterday"]).reason.contains("RFC 3339"))
    }

    @Test("each member bears on the verdict")
    func members() throws {
        #expect(try answer(["trusted": [String]()]).reason.hasPrefix("untrusted"))
        #expect(try answer(["email": ["a@example.com"]]).reason.hasPrefix("nameMismatch"))
        #expect(try answer(["purpose": "serverAuth"]).reason.hasPrefix("wrongUsage"))
        #expect(try answer(["purpose": "codeSigning"]).reason.contains("purpose"))
        #expect(try answer(["max_depth": 0]).verdict == .success)
        #expect(try answer(["max_depth": -1]).verdict == .failure)
        #expect(try answer(["crls": ["no list"]]).reason.hasPrefix("notPEM"))
        #expect(
            try answer(["trusted": ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]])
                .reason.contains("a trusted certificate is unusable"))
        // An unusable certificate among those sent along does no harm.
        #expect(try answer(["intermediates": ["nonsense", authority.certificate.pem]]).verdict == .success)
    }

    @Test(
        "a malformed line is answered with what is wrong and where",
        arguments: [
            ("", "line 3: not a JSON object"), ("{", "line 3: not a JSON object"),
            ("[]", "line 3: not a JSON object"), ("\u{0}", "line 3: not a JSON object"),
            (#"{"id":1}"#, "line 3: the member leaf is missing"),
            (#"{"leaf":5}"#, "line 3: the member leaf is of the wrong type"),
            (#"{"leaf":"x","trusted":"y"}"#, "line 3: the member trusted is of the wrong type"),
            (#"{"leaf":"x","max_depth":1.5}"#, "line 3: not a JSON object"),
        ])
    func malformed(_ line: String, _ reason: String) {
        let answer = PathAnswer(line: Array(line.utf8), number: 3, now: Self.now)
        #expect(answer.verdict == .failure)
        #expect(answer.reason == reason || line.contains("1.5"))
        #expect(answer.id == (line.contains("id") ? .number(1) : nil))
        #expect(!answer.json.contains("\n"))
    }

    @Test("seeded damage to a good line never traps and never verifies another certificate")
    func damage() throws {
        let line = Array(
            try JSONSerialization.data(withJSONObject: [
                "id": "x", "leaf": device.pem, "trusted": [authority.certificate.pem],
            ]))
        var state: UInt64 = 42
        for _ in 0..<200 {
            var changed = line
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let index = Int(state >> 33) % changed.count
            changed[index] ^= 1 << UInt8(state >> 20 & 7)
            let answer = PathAnswer(line: changed, number: 1, now: Self.now)
            if answer.verdict == .success {
                // A trusted certificate is taken as it is, and names match in either case (RFC 5280 7.1).
                #expect(answer.reason.lowercased() == "verified: cn=device1 <- cn=authority")
            }
        }
    }
}
