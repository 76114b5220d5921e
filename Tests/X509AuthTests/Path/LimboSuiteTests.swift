import Foundation
import Testing

@testable import X509Auth

/// x509-limbo's cases (https://x509-limbo.com), client variant, where `X509_LIMBO` names the file.
@Suite("x509-limbo")
struct LimboSuiteTests {
    private struct Suite: Decodable {
        var testcases: [Case]
    }

    private struct Case: Decodable {
        struct Name: Decodable {
            var kind: String
            var value: String
        }

        var id: String
        var validationKind: String
        var trustedCerts: [String]
        var untrustedIntermediates: [String]
        var peerCertificate: String
        var validationTime: String?
        var expectedResult: String
        var expectedPeerNames: [Name]
        var maxChainDepth: Int?
        var crls: [String]?
    }

    /// The cases that RFC 5280 does not decide as the suite does, and why.
    static let differing: [String: String] = {
        var reasons: [String: String] = [
            "rfc5280::ca-as-leaf-wrong-san": noPeerName,
            "webpki::aki::root-with-aki-all-fields":
                "RFC 5280 4.2.1.1 allows issuer and serial number together",
            "webpki::ca-as-leaf": "contradicts rfc5280::ca-as-leaf",
            "webpki::ee-basicconstraints-ca": "RFC 5280 allows an authority in the last place",
            "webpki::eku::ee-anyeku": "RFC 5280 4.2.1.12 allows anyExtendedKeyUsage beside clientAuth",
            "webpki::eku::ee-critical-eku": "RFC 5280 4.2.1.12 allows it",
            "webpki::eku::ee-without-eku": "contradicts rfc5280::eku::ee-without-eku",
            "webpki::eku::root-has-eku": "RFC 5280 4.2.1.12 allows it",
            "webpki::nc::permitted-dns-match-noncritical":
                "contradicts rfc5280::nc::permitted-dns-match-noncritical",
            "webpki::san::san-critical-with-nonempty-subject": "RFC 5280 4.2.1.6 only advises against it",
        ]
        for name in ["domain", "subdomain", "subdomain-apex", "apex-subdomain"] {
            reasons["webpki::san::mismatch-\(name)-san"] = noPeerName
        }
        reasons["webpki::san::wildcard-match-across-labels-san"] = noPeerName
        for name in ["multi-label", "private-namespace"] {
            reasons["webpki::san::public-suffix-\(name)-wildcard-san"] = "needs the public suffix list"
        }
        for name in ["not-divisible-by-8-in-root", "key-not-divisible-by-8-in-leaf"] {
            reasons["webpki::forbidden-rsa-\(name)"] = "a rule of the CA/Browser Forum"
        }
        for name in [
            "case-mismatch", "ipv4-hex-mismatch", "ipv4-leading-zeros-mismatch", "ipv6-non-rfc5952-mismatch",
            "ipv6-uncompressed-mismatch", "ipv6-uppercase-mismatch", "not-in-san", "punycode-not-in-san",
            "utf8-vs-punycode-mismatch",
        ] {
            reasons["webpki::cn::\(name)"] = "the CA/Browser Forum ties common names to alternative names"
        }
        reasons["webpki::san::no-san"] = "the CA/Browser Forum demands alternative names"
        return reasons
    }()

    private static let noPeerName = "depends on the name of a peer, and clients have none"

    @Test("every case is decided as the suite says, or is known to differ")
    func cases() throws {
        guard let path = ProcessInfo.processInfo.environment["X509_LIMBO"] else {
            print("SKIPPED: x509-limbo; set X509_LIMBO to the path of limbo.json to run its cases")
            return
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        var suite = try decoder.decode(Suite.self, from: Data(contentsOf: URL(filePath: path)))
        suite.testcases.removeAll { $0.validationKind != "CLIENT" }
        #expect(!suite.testcases.isEmpty)
        var differing: [String: String] = [:]
        let start = ContinuousClock.now
        for item in suite.testcases {
            let caseStart = ContinuousClock.now
            let (isValid, reason) = Self.judge(item)
            let took = ContinuousClock.now - caseStart
            if took > .milliseconds(500) { print("slow: \(item.id) \(took)") }
            if isValid != (item.expectedResult == "SUCCESS") {
                differing[item.id] = "\(item.expectedResult) expected: \(reason)"
            }
        }
        print(
            "x509-limbo: \(suite.testcases.count - differing.count) of \(suite.testcases.count) cases agree, \(ContinuousClock.now - start)"
        )
        let stale = Self.differing.keys.filter { id in
            differing[id] == nil && suite.testcases.contains { $0.id == id }
        }
        #expect(stale.isEmpty, "decided as the suite says after all")
        for (id, reason) in differing.sorted(by: { $0.key < $1.key }) where Self.differing[id] == nil {
            Issue.record("\(id): \(reason)")
        }
    }

    private static func judge(_ item: Case) -> (Bool, String) {
        do {
            var validator = CertificatePathValidator()
            validator.maximumIntermediates = item.maxChainDepth
            validator.emailAddresses = item.expectedPeerNames.filter { $0.kind == "RFC822" }.map(\.value)
            validator.revocationLists = try (item.crls ?? []).map { try CertificateRevocationList(pem: $0) }
            let now =
                item.validationTime.map { text in
                    let whole = text.split(separator: ".").first.map(String.init) ?? text
                    let time = whole.hasSuffix("+00:00") || whole.hasSuffix("Z") ? whole : whole + "Z"
                    return try? Date.ISO8601FormatStyle().parse(
                        time.replacingOccurrences(of: "+00:00", with: "Z"))
                } ?? nil
            let path = try validator.path(
                of: X509Certificate(pem: item.peerCertificate),
                trusted: item.trustedCerts.compactMap { try? X509Certificate(pem: $0) },
                intermediates: item.untrustedIntermediates.compactMap { try? X509Certificate(pem: $0) },
                now: Int64((now ?? Date()).timeIntervalSince1970.rounded(.down)))
            return (true, "\(path.count) certificates")
        } catch {
            return (false, "\(error)")
        }
    }
}
