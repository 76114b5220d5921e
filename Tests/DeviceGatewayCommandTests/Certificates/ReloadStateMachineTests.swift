import Testing

@testable import device_gateway

@Suite("When files are read again")
struct ReloadStateMachineTests {
    private static func stamps(_ version: Int64) -> ReloadStateMachine.Stamps {
        [FileStamp(device: 1, inode: 1, size: version, seconds: 0, nanoseconds: 0), nil]
    }

    private func looks(
        _ machine: inout ReloadStateMachine, _ version: Int64, isAsked: Bool = false, isDue: Bool = false,
        now: Int64 = 0
    ) -> Bool {
        machine.look(at: Self.stamps(version), isAsked: isAsked, isDue: isDue, now: now)
    }

    private func tells(
        _ machine: inout ReloadStateMachine, _ version: Int64, isAsked: Bool = false, now: Int64 = 0
    ) -> Bool {
        machine.failed(with: Self.stamps(version), isAsked: isAsked, now: now)
    }

    @Test("Only after a change, when it is due, or when asked")
    func triggers() {
        var machine = ReloadStateMachine(applied: Self.stamps(1))
        #expect(!looks(&machine, 1))
        #expect(looks(&machine, 1, isAsked: true))
        #expect(looks(&machine, 1, isDue: true))
        #expect(looks(&machine, 2))
        machine.succeeded(with: Self.stamps(2))
        #expect(!looks(&machine, 2))
        #expect(looks(&machine, 1))
    }

    @Test("A certificate and its key written one after the other: nothing is told")
    func oneAfterTheOther() {
        var machine = ReloadStateMachine(applied: Self.stamps(1))
        #expect(looks(&machine, 2))
        #expect(!tells(&machine, 2))
        #expect(looks(&machine, 3))
        machine.succeeded(with: Self.stamps(3))
        #expect(!looks(&machine, 3))
    }

    @Test("What stays wrong is told once, and tried again when it changes or after a while")
    func persistent() {
        var machine = ReloadStateMachine(applied: Self.stamps(1))
        #expect(!tells(&machine, 2))
        #expect(looks(&machine, 2))
        #expect(tells(&machine, 2, now: 5))
        #expect(!looks(&machine, 2, now: 10))
        #expect(!looks(&machine, 2, now: 4 + ReloadStateMachine.patience))
        #expect(looks(&machine, 2, now: 5 + ReloadStateMachine.patience))
        #expect(!tells(&machine, 2, now: 5 + ReloadStateMachine.patience))
        // A new attempt gets its own silence and its own telling.
        #expect(looks(&machine, 3, now: 6))
        #expect(!tells(&machine, 3, now: 6))
        #expect(tells(&machine, 3, now: 7))
    }

    @Test("Who asks is answered")
    func asked() {
        var machine = ReloadStateMachine(applied: Self.stamps(1))
        #expect(tells(&machine, 2, isAsked: true))
        #expect(!looks(&machine, 2))
        #expect(tells(&machine, 2, isAsked: true))
    }

    @Test("Put back as it was, all is well again")
    func putBack() {
        var machine = ReloadStateMachine(applied: Self.stamps(1))
        #expect(!tells(&machine, 2))
        #expect(!looks(&machine, 1))
        #expect(!tells(&machine, 2))
    }
}
