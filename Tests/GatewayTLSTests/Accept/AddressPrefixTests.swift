import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Blocks of addresses")
struct AddressPrefixTests {
    private func address(_ text: String) throws -> SocketAddress {
        try SocketAddress(ipAddress: text, port: 1)
    }

    @Test(
        "a block holds its addresses and no others",
        arguments: [
            ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
            ("2001:db8::/127", "2001:db8::1", true), ("2001:db8::/127", "2001:db8::2", false),
            ("::1", "::1", true), ("::/0", "2001:db8::1", true),
        ])
    func containment(_ block: String, _ text: String, _ expected: Bool) throws {
        #expect(try #require(AddressPrefix(block)).contains(try address(text)) == expected)
    }

    @Test("an IPv4 address mapped into IPv6 is that IPv4 address (RFC 4291, section 2.5.5.2)")
    func mapped() throws {
        let plain = try #require(AddressPrefix(try address("192.0.2.1")))
        #expect(AddressPrefix(try address("::ffff:192.0.2.1")) == plain)
        #expect(plain.isIPv4 && plain.length == 32)
        let block = try #require(AddressPrefix("192.0.2.0/24"))
        #expect(block.contains(try address("::ffff:192.0.2.200")))
        #expect(AddressPrefix(try address("::ffff:192.0.2.1"), ipv4Length: 24, ipv6Length: 8) == block)
    }

    @Test("cuts addresses to the lengths given")
    func cutting() throws {
        let six = try #require(AddressPrefix(try address("2001:db8:1:2ff::9"), ipv6Length: 56))
        #expect(six.description == "2001:db8:1:200::/56")
        #expect(six.contains(try address("2001:db8:1:2aa::")))
        #expect(!six.contains(try address("2001:db8:1:300::")))
        let four = try #require(AddressPrefix(try address("198.51.100.77"), ipv4Length: 20))
        #expect(four.description == "198.51.96.0/20")
        #expect(AddressPrefix(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }

    @Test(
        "what is no block is refused",
        arguments: [
            "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/08", "192.0.2.1/24",
            "2001:db8::/129", "2001:db8::1/64", "host", "192.0.2.0/24/1", "192.0.2.0/2 ",
        ])
    func malformed(_ text: String) { #expect(AddressPrefix(text) == nil) }
}
