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
        let thing = ThingRecord(name: "lamp", typeName: "light", attributes: ["floor": "2"])
        #expect(try roundTrip(thing) == thing)
        let policy = PolicyRecord(name: "p", text: policyText(), version: 3)
        #expect(try roundTrip(policy) == policy)
    }
}
