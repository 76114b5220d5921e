import DeviceGateway
import Foundation
import Testing
import X509Auth

/// Records written as JSON come back as they were; what is no record is refused.
@Suite struct RecordCodingTests {
    private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(value))
    }

    @Test func recordsComeBack() throws {
        let authority = try TestAuthority()
        let device = try authority.device("lamp")
        for issuer in [authority.id, nil] {
            let record = CertificateRecord(
                device, status: .pendingActivation, authority: issuer, registeredAt: registrationTime)
            #expect(try roundTrip(record) == record)
        }
        for template in [ProvisioningTemplate(policyNames: ["p"], status: .inactive), nil] {
            let record = AuthorityRecord(
                id: authority.id, der: authority.certificate.der, isActive: false, template: template,
                registeredAt: registrationTime)
            #expect(try roundTrip(record) == record)
        }
        let thing = ThingRecord(name: "lamp", typeName: "light", attributes: ["floor": "2"])
        #expect(try roundTrip(thing) == thing)
        let policy = PolicyRecord(name: "p", text: policyText(), version: 3)
        #expect(try roundTrip(policy) == policy)
    }

    @Test func anIdentifierIsHexadecimal() throws {
        let device = try TestAuthority().device("lamp")
        let record = CertificateRecord(
            device, status: .active, authority: nil, registeredAt: registrationTime)
        let text = try #require(String(data: try JSONEncoder().encode(record), encoding: .utf8))
        let broken = text.replacingOccurrences(of: device.id.string, with: "xyz")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(CertificateRecord.self, from: Data(broken.utf8))
        }
    }
}
