import GatewayTLS
import Testing
import X509Auth

@testable import DeviceGateway

@Suite("Watching for the end of server certificates")
struct CertificateExpiryWatchTests {
    private static let day: Int64 = 86_400
    private static let start: Int64 = 1_800_000_000

    /// A certificate valid for so many days.
    private static func credential(_ name: String, days: Int64) throws -> TLSCredential {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: start - 1, notAfter: start + 10_000 * day)
        let issued = try authority.issueServer(
            commonName: name, dnsNames: [name], notBefore: start, notAfter: start + days * day)
        return try TLSCredential(
            certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM)
    }

    @Test("A hundred days, looked at every hour: each step is told once")
    func steps() throws {
        let credential = try Self.credential("a", days: 90)
        var watch = CertificateExpiryWatch([("default", credential)])
        var told: [ServerCertificateReport.Problem] = []
        var hours: [Int64] = []
        for hour in 0..<Int64(100 * 24) {
            for report in watch.due(at: Self.start + hour * 3_600) {
                told.append(report.problem)
                hours.append(hour)
            }
        }
        let expected: [ServerCertificateReport.Problem] = [
            .expiresSoon(days: 30), .expiresSoon(days: 7), .expiresSoon(days: 1), .expired,
        ]
        #expect(told == expected)
        let expectedHours: [Int64] = [60 * 24 + 1, 83 * 24 + 1, 89 * 24 + 1, 90 * 24 + 1]
        #expect(hours == expectedHours)
    }

    @Test("A gateway started late tells where it stands")
    func late() throws {
        let credential = try Self.credential("a", days: 90)
        for (days, problem) in [
            (Int64(85), ServerCertificateReport.Problem.expiresSoon(days: 7)), (91, .expired),
            (-1, .notYetValid),
        ] {
            var watch = CertificateExpiryWatch([("default", credential)])
            let now = Self.start + days * Self.day
            #expect(watch.due(at: now).map(\.problem) == [problem])
            #expect(watch.due(at: now + 1) == [])
        }
    }

    @Test("The sentences name the certificate and the time")
    func sentences() throws {
        let credential = try Self.credential("gw.example", days: 90)
        func message(_ seconds: Int64) -> String? {
            var watch = CertificateExpiryWatch([("default", credential)])
            return watch.due(at: Self.start + seconds).first?.message
        }
        #expect(message(80 * Self.day) == "the certificate of CN=gw.example ends in 10 days; replace it")
        #expect(
            message(89 * Self.day + 3_600) == "the certificate of CN=gw.example ends in 23 hours; replace it")
        #expect(message(91 * Self.day)?.contains("the certificate of CN=gw.example expired on ") == true)
    }

    @Test("A replacement starts anew; what stays is not told of again")
    func replacement() throws {
        let (old, kept) = (try Self.credential("old", days: 90), try Self.credential("kept", days: 90))
        let now = Self.start + 70 * Self.day
        var watch = CertificateExpiryWatch([("default", old), ("b", kept)])
        #expect(watch.due(at: now).map(\.domain) == ["default", "b"])
        watch.replace([("default", try Self.credential("new", days: 75)), ("b", kept)])
        let reports = watch.due(at: now)
        #expect(reports.map(\.subject) == ["CN=new"])
        #expect(reports.map(\.problem) == [.expiresSoon(days: 7)])
    }

    @Test("A clock put back tells again when the step comes again")
    func clockPutBack() throws {
        var watch = CertificateExpiryWatch([("default", try Self.credential("a", days: 90))])
        #expect(watch.due(at: Self.start + 91 * Self.day).map(\.problem) == [.expired])
        #expect(watch.due(at: Self.start) == [])
    }
}
