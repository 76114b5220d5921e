import Testing

@testable import device_gateway

@Suite("Waiting for the directory's lock")
struct LockPatienceTests {
    @Test("One holder is waited for until patience ends; each new one anew, in the same process too")
    func renewed() {
        let start = ContinuousClock.now
        var patience = LockPatience(.seconds(30))
        func waits(_ turn: UInt64?, at second: Int) -> Bool {
            patience.waits(
                for: DirectoryLock.Held(processID: 7, turn: turn), now: start + .seconds(second))
        }
        #expect([0, 29, 30].map { waits(1, at: $0) } == [true, true, false])
        // Ten commands in turn take longer than the patience with any of them.
        for turn in 2...11 as ClosedRange<UInt64> {
            let second = Int(turn) * 25
            #expect([second, second + 24].map { waits(turn, at: $0) } == [true, true])
        }
        #expect(!waits(11, at: 11 * 25 + 30))
    }

    @Test("Each taking of the lock is another turn")
    func turns() async throws {
        try await withTemporaryDirectory { path in
            func turn() throws -> UInt64? {
                let lock = try DirectoryLock.acquire(path + "/lock")
                defer { withExtendedLifetime(lock) {} }
                do {
                    _ = try DirectoryLock.acquire(path + "/lock")
                    return nil
                } catch let held as DirectoryLock.Held {
                    return held.turn
                }
            }
            let turns = [try turn(), try turn()]
            #expect(turns == [1, 2])
        }
    }
}
