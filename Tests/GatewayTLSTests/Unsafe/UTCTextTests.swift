import Testing

@testable import GatewayTLS

@Suite("Times in messages")
struct UTCTextTests {
    @Test(
        "calendar dates",
        arguments: [
            (0, "1970-01-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"), (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (-2_203_891_200, "1900-03-01 00:00:00 UTC"), (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (253_402_300_799, "9999-12-31 23:59:59 UTC"), (Int64.max, "9999-12-31 23:59:59 UTC"),
            (Int64.min, "0000-01-01 00:00:00 UTC"),
        ])
    func dates(seconds: Int64, text: String) { #expect(utcText(seconds) == text) }
}
