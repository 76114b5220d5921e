import Testing

@testable import X509Auth

@Suite("Time as text")
struct UTCTimeTests {
    @Test(
        "known instants",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (2_524_607_999, "2049-12-31T23:59:59Z"),
            (951_825_600, "2000-02-29T12:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
            (-631_152_000, "1950-01-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] as [(Int64, String)])
    func known(_ seconds: Int64, _ text: String) {
        #expect(UTCTime.string(seconds) == text)
    }
}
