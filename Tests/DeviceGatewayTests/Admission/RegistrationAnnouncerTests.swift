import Synchronization
import Testing
import X509Auth

@testable import DeviceGateway

struct RegistrationAnnouncerTests {
    @Test("an announcer that is flooded stays within its bounds")
    func announcerBounds() throws {
        let announcer = RegistrationAnnouncer(interval: 10, perSecond: 3, capacity: 4)
        let count = Mutex(0)
        announcer.tell { _, _ in count.withLock { $0 += 1 } }
        for number in 0..<50 {
            announcer.announce(
                CertificateRegistration(
                    certificate: CertificateID(der: [UInt8(number)]), authority: CertificateID(der: [255]),
                    status: .pendingActivation, registeredAt: 0),
                now: Int64(number / 10))
        }
        #expect(count.withLock { $0 } == 15)
    }
}
