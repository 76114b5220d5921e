import NIOCore
import Testing

@testable import GatewayTLS

/// Clauses are of the specification's section 2.2.
@Suite("PROXY protocol version 2")
struct PROXYHeaderV2Tests {
    @Test("TCP over IPv4 and IPv6: addresses and ports; nothing behind them is consumed")
    func addresses() throws {
        let bytes = PROXYHeaders.v2()
        let (header, consumed) = try PROXYHeaders.read(bytes + [0x16, 3, 1])
        #expect(consumed == bytes.count && consumed == 28)
        #expect(header.version == .v2 && header.command == .proxy && header.tls == nil)
        #expect(header.source?.description == "[IPv4]203.0.113.9:4660")
        #expect(header.destination?.description == "[IPv4]198.51.100.1:8883")
        let six = try PROXYHeaders.read(PROXYHeaders.v2(family: 0x21, addresses: PROXYHeaders.inet6)).header
        #expect(six.source?.ipAddress == "2001:db8::9" && six.source?.port == 4_660)
        #expect(six.destination?.ipAddress == "2001:db8::1" && six.destination?.port == 8_883)
    }

    @Test("Unix sockets: paths end at the first NUL, or fill their 108 bytes")
    func unix() throws {
        let header = try PROXYHeaders.read(PROXYHeaders.v2(family: 0x31, addresses: PROXYHeaders.unix)).header
        #expect(header.source?.pathname == "/run/source")
        #expect(header.destination?.pathname == "/run/destination")
        let unnamed = [UInt8](repeating: 0, count: 216)
        #expect(try PROXYHeaders.read(PROXYHeaders.v2(family: 0x31, addresses: unnamed)).header.source == nil)
        let full = [UInt8](repeating: 0x61, count: 216)
        #expect(PROXYHeaders.error(PROXYHeaders.v2(family: 0x31, addresses: full)) == .malformedBlock)
    }

    @Test("LOCAL: accepted, and everything else discarded, the family included")
    func local() throws {
        for family: UInt8 in [0x00, 0x11, 0x21, 0xff] {
            let bytes = PROXYHeaders.v2(0x20, family: family, addresses: [1, 2, 3])
            let (header, consumed) = try PROXYHeaders.read(bytes)
            #expect(header.command == .local && header.source == nil && consumed == bytes.count)
        }
    }

    @Test("UNSPEC and DGRAM: the addresses are ignored, the rest is not")
    func unspecified() throws {
        let alpn = PROXYHeaders.tlv(0x01, "mqtt")
        for (family, addresses) in [
            (0x00, []), (0x12, PROXYHeaders.inet), (0x22, PROXYHeaders.inet6), (0x32, PROXYHeaders.unix),
        ] as [(UInt8, [UInt8])] {
            let bytes = PROXYHeaders.v2(family: family, addresses: addresses, tlvs: alpn)
            let header = try PROXYHeaders.read(bytes).header
            #expect(header.source == nil && header.applicationProtocol == Array("mqtt".utf8))
        }
    }

    @Test("unassigned versions and commands, families and protocols are refused")
    func unassigned() {
        for command in UInt8.min...UInt8.max where command != 0x20 && command != 0x21 {
            #expect(PROXYHeaders.error(PROXYHeaders.v2(command)) == .unassignedValue)
        }
        let assigned: Set<UInt8> = [0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32]
        for family in UInt8.min...UInt8.max where !assigned.contains(family) {
            #expect(PROXYHeaders.error(PROXYHeaders.v2(family: family)) == .unassignedValue)
        }
    }

    @Test("a length too small for the family's addresses is refused")
    func tooShort() {
        for (family, size) in [(0x11, 12), (0x21, 36), (0x31, 216)] as [(UInt8, Int)] {
            for length in [0, 1, size - 1] {
                let bytes = PROXYHeaders.v2(family: family, addresses: [UInt8](repeating: 0, count: length))
                #expect(PROXYHeaders.error(bytes) == .malformedBlock)
            }
        }
    }

    @Test("a header longer than allowed is refused from its length alone")
    func tooLong() throws {
        let padding = PROXYHeaders.tlv(0x04, [UInt8](repeating: 0, count: 4_096 - 28 - 3))
        let largest = PROXYHeaders.v2(tlvs: padding)
        #expect(largest.count == 4_096)
        #expect(try PROXYHeaders.read(largest).consumed == 4_096)
        let larger = PROXYHeaders.v2(tlvs: padding + [4])
        #expect(PROXYHeaders.error(Array(larger.prefix(16))) == .tooLong)
        // A LOCAL header is no way around it.
        #expect(PROXYHeaders.error(PROXYHeaders.signatureAndLength(0x20, 0xffff)) == .tooLong)
    }

    @Test("facts: ALPN, authority, unique identifier; unknown and custom types and NOOP are skipped")
    func facts() throws {
        let tlvs =
            PROXYHeaders.tlv(0x04, [1, 2]) + PROXYHeaders.tlv(0x01, "x-amzn-mqtt-ca")
            + PROXYHeaders.tlv(0xea, [1]) + PROXYHeaders.tlv(0x02, "iot.example.com")
            + PROXYHeaders.tlv(0x05, [UInt8](repeating: 7, count: 128)) + PROXYHeaders.tlv(0x30, "ns")
            + PROXYHeaders.tlv(0x04, [])
        let header = try PROXYHeaders.read(PROXYHeaders.v2(tlvs: tlvs)).header
        #expect(header.applicationProtocol == Array("x-amzn-mqtt-ca".utf8))
        #expect(header.authority == "iot.example.com")
        #expect(header.uniqueID == [UInt8](repeating: 7, count: 128))
    }

    @Test("TLS facts with TLVs of their own (section 2.2.6)")
    func tls() throws {
        func value(client: UInt8, verify: [UInt8]) -> [UInt8] {
            [client] + verify + PROXYHeaders.tlv(0x21, "TLSv1.3") + PROXYHeaders.tlv(0x22, "sensor-é")
                + PROXYHeaders.tlv(0x23, "TLS_AES_128_GCM_SHA256") + PROXYHeaders.tlv(0x24, "SHA256")
                + PROXYHeaders.tlv(0x25, "EC256") + PROXYHeaders.tlv(0x26, "new")
        }
        func facts(_ value: [UInt8]) throws -> PROXYHeader.TLS? {
            try PROXYHeaders.read(PROXYHeaders.v2(tlvs: PROXYHeaders.tlv(0x20, value))).header.tls
        }
        let tls = try #require(try facts(value(client: 0x07, verify: [0, 0, 0, 0])))
        #expect(tls.isUsed && tls.presentedCertificate && tls.presentedCertificateInSession)
        #expect(tls.isCertificateVerified)
        #expect(tls.version == "TLSv1.3" && tls.commonName == "sensor-é")
        #expect(tls.cipherSuite == "TLS_AES_128_GCM_SHA256")
        #expect(tls.signatureAlgorithm == "SHA256" && tls.keyAlgorithm == "EC256")
        // Verified means a certificate, and zero.
        #expect(try facts(value(client: 0x01, verify: [0, 0, 0, 0]))?.isCertificateVerified == false)
        #expect(try facts(value(client: 0x03, verify: [0, 0, 0, 1]))?.isCertificateVerified == false)
        #expect(try facts(value(client: 0x05, verify: [0, 0, 0, 0]))?.isCertificateVerified == true)
        #expect(try facts([0, 0, 0, 0, 0])?.isUsed == false)
    }

    @Test(
        "TLVs that do not fit, come twice or hold what they may not are refused",
        arguments: [
            [0x01], [0x01, 0], [0x01, 0, 1], [0x04, 0xff, 0xff, 0],
            PROXYHeaders.tlv(0x01, "a") + PROXYHeaders.tlv(0x01, "a"),
            PROXYHeaders.tlv(0x02, [0xff]), PROXYHeaders.tlv(0x02, "a\nb"), PROXYHeaders.tlv(0x02, "a\0"),
            PROXYHeaders.tlv(0x05, [UInt8](repeating: 0, count: 129)), PROXYHeaders.tlv(0x03, [1, 2, 3]),
            PROXYHeaders.tlv(0x20, [1, 0, 0, 0]), PROXYHeaders.tlv(0x20, [1, 0, 0, 0, 0, 0x21, 0, 1]),
            PROXYHeaders.tlv(0x20, [1, 0, 0, 0, 0] + PROXYHeaders.tlv(0x22, [0xc3])),
            PROXYHeaders.tlv(
                0x20, [1, 0, 0, 0, 0] + PROXYHeaders.tlv(0x22, "a") + PROXYHeaders.tlv(0x22, "b")),
        ] as [[UInt8]])
    func malformedTLVs(_ tlvs: [UInt8]) {
        #expect(PROXYHeaders.error(PROXYHeaders.v2(tlvs: tlvs)) == .malformedBlock)
    }

    @Test("a checksum is verified over the whole header (section 2.2.3)")
    func checksum() throws {
        let bytes = PROXYHeaders.checksummed(PROXYHeaders.tlv(0x02, "iot.example.com"))
        #expect(try PROXYHeaders.read(bytes).header.authority == "iot.example.com")
        for index in PROXYHeaders.v2().indices.dropFirst(16) {
            var altered = bytes
            altered[index] ^= 1
            #expect(PROXYHeaders.error(altered) == .checksumMismatch)
        }
    }
}

extension PROXYHeaders {
    static func signatureAndLength(_ command: UInt8, _ length: UInt16) -> [UInt8] {
        PROXYHeaderParser.signature + [command, 0, UInt8(length >> 8), UInt8(length & 255)]
    }
}
