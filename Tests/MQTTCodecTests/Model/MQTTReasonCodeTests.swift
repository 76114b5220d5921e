import MQTTCodec
import Testing

@Suite struct MQTTReasonCodeTests {
    @Test(
        arguments: [
            (0x00, "Success"), (0x04, "Disconnect with Will Message"), (0x7F, "Reason code 0x7F"),
            (0x87, "Not authorized"), (0xA2, "Wildcard Subscriptions not supported"),
            (0x03, "Reason code 0x03"),
        ] as [(UInt8, String)])
    func `Codes have the standard's names`(code: UInt8, name: String) {
        #expect(MQTTReasonCode(rawValue: code).description == name)
    }

    @Test func `0x80 and above are errors, the grants are not`() {
        #expect(MQTTReasonCode(rawValue: 0x80).isError)
        #expect(!MQTTReasonCode(rawValue: 0x7F).isError)
        #expect(MQTTQoS.allCases.map(MQTTReasonCode.granted) == [.grantedQoS0, .grantedQoS1, .grantedQoS2])
    }

    @Test(arguments: MQTTConnectReturnCode.allCases)
    func `Return codes survive the way there and back`(code: MQTTConnectReturnCode) {
        #expect(MQTTConnectReturnCode(code.reasonCode) == code)
    }

    @Test func `No error becomes accepted`() {
        for code in UInt8(0x80)...0xFF {
            #expect(MQTTConnectReturnCode(MQTTReasonCode(rawValue: code)) != .accepted)
        }
    }
}
