import NIOCore
import Testing

@testable import MQTTCodec

@Suite struct RuleTests {
    @Test func `Every rule has a statement or a section, and an error for a reason code`() {
        for rule in Rule.allCases {
            for statement in [rule.entry.statement3, rule.entry.statement5] {
                #expect(
                    statement.wholeMatch(of: /(MQTT-\d[.-]\d+\.\d+-\d+|§\d(\.\d+)+)/) != nil,
                    "\(rule) \(statement)")
            }
            #expect(rule.entry.reasonCode.isError)
            #expect(!rule.entry.detail.isEmpty)
        }
    }

    /// A rule nobody has a test for is a rule nobody enforces.
    @Test func `Every rule of the wire has a row in the table`() throws {
        var enforced = Set<String>()
        for row in try PacketCase.all {
            guard case .fault = row.expected else { continue }
            for version in row.versions {
                for role in row.roles {
                    let known = row.wire[0] == 0x10 && role == .server ? nil : version
                    let fault = #expect(throws: MQTTFault.self) {
                        try decode(row.wire, role: role, version: known)
                    }
                    if let fault { enforced.insert(fault.detail) }
                }
            }
        }
        // These need more than one packet, or a limit, and have tests of their own.
        let elsewhere: [Rule] = [
            .firstPacketNotConnect, .secondConnect, .packetTooLargeForServer, .packetTooLargeForClient,
        ]
        let missing = Rule.allCases.filter { rule in
            rule.rawValue < Rule.stringTooLong.rawValue && !elsewhere.contains(rule)
                && !enforced.contains(rule.entry.detail)
        }
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test func `A fault says rule, place and answer`() {
        let fault = MQTTFault(.publishQoS3, version: .v5, offset: 7)
        #expect(fault.description == "the QoS is 3 (MQTT-3.3.1-4, byte 7): Malformed Packet")
    }
}
