import Testing

@testable import DeviceGateway

struct ResponderURLTests {
    @Test func aURLIsTakenApart() throws {
        let plain = try ResponderURL("http://ocsp.example")
        #expect(plain.host == "ocsp.example" && plain.port == 80 && plain.target == "/")
        let whole = try ResponderURL("HTTP://192.0.2.1:8080/a/b?c=d")
        #expect(whole.host == "192.0.2.1" && whole.port == 8_080 && whole.target == "/a/b?c=d")
        #expect(whole.authority == "192.0.2.1:8080")
        let query = try ResponderURL("http://ocsp.example?x")
        #expect(query.target == "/?x")
        let six = try ResponderURL("http://[2001:db8::1]:81/")
        #expect(six.host == "2001:db8::1" && six.port == 81 && six.authority == "[2001:db8::1]:81")
    }

    @Test(arguments: [
        "", "http:", "http://", "http:///x", "ftp://x", "http://user@x", "http://x#y", "http://x:0",
        "http://x:65536",
        "http://x:", "http://x:-1", "http://x:1a", "http://[::1", "http://[]", "http://[::1]80", "http://a b",
        "http://x/\r\nHost: y", "http://\u{E4}", "http://x\\y",
        "http://" + String(repeating: "x", count: 254),
        "http://x/" + String(repeating: "x", count: 2_048),
    ])
    func whatIsNoResponderIsRefused(text: String) {
        #expect(throws: ResponderFailure.self) { try ResponderURL(text) }
    }

    @Test func httpsIsRefusedWithItsReason() {
        #expect(!ClientOCSP.isResponderURL("https://ocsp.example"))
        let failure = #expect(throws: ResponderFailure.self) { try ResponderURL("https://ocsp.example") }
        #expect(failure?.description.contains("signed") == true)
    }
}
