import Testing

@testable import device_gateway

@Suite("RFC 3339 times")
struct RFC3339Tests {
    @Test(
        "seconds, fractions cut off, offsets applied",
        arguments: [
            ("1970-01-01T00:00:03+00:00", 3), ("2024-03-01T00:00:00.999+00:00", 1_709_251_200),
            ("2024-03-01t00:00:00z", 1_709_251_200), ("2024-03-01T02:30:00+02:30", 1_709_251_200),
            ("2024-02-29T23:00:00-01:00", 1_709_251_200), ("1969-12-31T23:59:59Z", -1),
        ] as [(String, Int64)])
    func reads(_ text: String, _ seconds: Int64) {
        #expect(RFC3339.seconds(text) == seconds)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "2024", "2024-03-01", "2024-03-01 00:00:00Z", "2024-03-01T00:00:00", "2024-03-01T00:00:00.Z",
            "2024-03-01T00:00:00+0000", "2024-13-01T00:00:00Z", "2024-03-01T25:00:00Z",
            "x024-03-01T00:00:00Z",
            "2024-03-01T00:00:00+24:00", "2024-03-01T00:00:00ZZ",
        ])
    func refuses(_ text: String) {
        #expect(RFC3339.seconds(text) == nil)
    }
}
