import Testing

@testable import device_gateway

struct ReadingsTests {
    @Test func countsEachDeviceByItself() throws {
        var readings = Readings(of: ["device2", "device3"])
        try readings.note("1", on: "devices/device2/telemetry")
        try readings.note("2", on: "devices/device2/telemetry")
        #expect(!readings.everyoneHas(1))
        try readings.note("1", on: "devices/device3/telemetry")
        #expect(readings.everyoneHas(1))
        #expect(!readings.everyoneHas(2))
        #expect(readings.count(of: "device2") == 2)
    }

    @Test(arguments: ["2", "0", "1 "])
    func refusesGapsAndRepetitions(text: String) {
        var readings = Readings(of: ["device2"])
        #expect(throws: DemoFailure.self) { try readings.note(text, on: "devices/device2/telemetry") }
    }

    @Test func refusesWhatNobodyShouldSend() {
        var readings = Readings(of: ["device2"])
        #expect(throws: DemoFailure("expected readings only, but got 1 on devices/device1/telemetry")) {
            try readings.note("1", on: "devices/device1/telemetry")
        }
    }
}
