import Testing
import X509Auth

@testable import DeviceGateway

/// Certificates between their handshake and their CONNECT.
struct FirstSightsTests {
    static func id(_ number: UInt8) -> CertificateID { CertificateID(der: [number]) }

    @Test func whatIsTakenIsForgotten() {
        let sights = FirstSights()
        sights.note(Self.id(1), authority: Self.id(100))
        #expect(sights.take(Self.id(2)) == nil)
        #expect(sights.take(Self.id(1)) == Self.id(100))
        #expect(sights.take(Self.id(1)) == nil)
    }

    @Test func pastItsCapacityTheOldestIsForgotten() {
        let sights = FirstSights(capacity: 3)
        for number in 1...4 { sights.note(Self.id(UInt8(number)), authority: Self.id(100)) }
        #expect(sights.take(Self.id(1)) == nil)
        for number in 2...4 { #expect(sights.take(Self.id(UInt8(number))) == Self.id(100)) }
    }

    @Test func theLatestAuthorityCounts() {
        let sights = FirstSights()
        sights.note(Self.id(1), authority: Self.id(100))
        sights.note(Self.id(1), authority: Self.id(101))
        #expect(sights.take(Self.id(1)) == Self.id(101))
    }
}
