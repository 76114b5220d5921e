import Testing

@testable import GatewayTLS

@Suite("The life of a connection in a handler")
struct TLSHandlerStateMachineTests {
    @Test("the whole way of a server's connection, with look-up and admission")
    func wayUp() {
        var machine = TLSHandlerStateMachine()
        #expect(machine.received() == .ignore)
        #expect(machine.activated(isServer: true) == .awaitFirstBytes)
        #expect(machine.activated(isServer: true) == .ignore)
        #expect(machine.received() == .preamble)
        machine.handshakeBegan()
        #expect(machine.received() == .handshake)
        #expect(machine.domainAwaited() == true)
        #expect(machine.holdsReads == true)
        #expect(machine.domainAwaited() == false)
        #expect(machine.domainFound() == true)
        #expect(machine.domainFound() == false)
        #expect(machine.holdsReads == false)
        #expect(machine.handshakeEnded(needsAdmission: true) == .askForAdmission)
        #expect(machine.handshakeEnded(needsAdmission: true) == .ignore)
        #expect(machine.holdsReads == true && machine.isActive == false && machine.write() == .hold)
        #expect(machine.admitted() == true)
        #expect(machine.admitted() == false)
        #expect(machine.isActive == true && machine.holdsReads == false)
        #expect(machine.received() == .decrypt && machine.write() == .accept)
    }

    private func active() -> TLSHandlerStateMachine {
        var machine = TLSHandlerStateMachine()
        _ = machine.activated(isServer: false)
        _ = machine.handshakeEnded(needsAdmission: false)
        return machine
    }

    @Test("half-closed by either side, then by the other")
    func halfClosure() {
        var first = active()
        #expect(first.closeOutput() == .sendCloseNotify)
        #expect(first.closeOutput() == .refuseClosed && first.write() == .refuseOutputClosed)
        #expect(first.peerClosed(allowsHalfClosure: true) == .answerAndClose)
        #expect(first.isClosed == true && first.write() == .refuseClosed)
        var second = active()
        #expect(second.peerClosed(allowsHalfClosure: true) == .announce)
        #expect(second.peerClosed(allowsHalfClosure: true) == .ignore)
        #expect(second.isInputClosed == true && second.write() == .accept)
        #expect(second.closeOutput() == .sendCloseNotifyAndClose)
        #expect(second.isClosed == true)
        var third = active()
        #expect(third.peerClosed(allowsHalfClosure: false) == .answerAndClose)
        #expect(third.isClosed == true)
    }

    @Test("closing waits for the peer, once")
    func closing() {
        var machine = active()
        #expect(machine.close() == .sendCloseNotifyAndWait)
        #expect(machine.close() == .join && machine.write() == .refuseClosed)
        #expect(machine.deadlineReached(.close) == .giveUpClosing)
        #expect(machine.failed() == .closeSilently)
        #expect(machine.failed() == .ignore)
        var answered = active()
        _ = answered.close()
        #expect(answered.peerClosed(allowsHalfClosure: true) == .close)
        var lost = active()
        _ = lost.close()
        #expect(lost.transportEnded() == .finishClosing)
        #expect(lost.transportEnded() == .ignore)
    }

    @Test("each deadline matters in its state, and in no other")
    func deadlines() {
        let all: [TLSHandlerDeadline] = [
            .proxyHeader, .firstBytes, .handshake, .admission, .close, .lifetime,
        ]
        func relevant(_ machine: borrowing TLSHandlerStateMachine) -> [TLSHandlerDeadline] {
            var relevant: [TLSHandlerDeadline] = []
            for deadline in all where machine.deadlineReached(deadline) != .ignore {
                relevant.append(deadline)
            }
            return relevant
        }
        var machine = TLSHandlerStateMachine()
        #expect(relevant(machine).isEmpty)
        _ = machine.activated(isServer: true)
        #expect(relevant(machine) == [.proxyHeader, .firstBytes, .handshake, .lifetime])
        machine.handshakeBegan()
        #expect(relevant(machine) == [.handshake, .lifetime])
        _ = machine.domainAwaited()
        #expect(relevant(machine) == [.handshake, .lifetime])
        _ = machine.domainFound()
        _ = machine.handshakeEnded(needsAdmission: true)
        #expect(relevant(machine) == [.admission, .lifetime])
        _ = machine.admitted()
        #expect(relevant(machine) == [.lifetime] && machine.deadlineReached(.lifetime) == .endLife)
        _ = machine.close()
        #expect(relevant(machine) == [.close])
        _ = machine.failed()
        #expect(relevant(machine).isEmpty)
    }

    @Test(
        "whatever happens in whatever order: closed is for good, and an end is reported once",
        arguments: UInt64(1)...50)
    func randomHistories(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var machine = TLSHandlerStateMachine()
        var reports = 0
        var wasClosed = false
        for _ in 0..<100 {
            switch Int.random(in: 0...12, using: &random) {
            case 0: _ = machine.activated(isServer: Bool.random(using: &random))
            case 1: machine.handshakeBegan()
            case 2: _ = machine.domainAwaited()
            case 3: _ = machine.domainFound()
            case 4: _ = machine.handshakeEnded(needsAdmission: Bool.random(using: &random))
            case 5: _ = machine.admitted()
            case 6: _ = machine.peerClosed(allowsHalfClosure: Bool.random(using: &random))
            case 7: if machine.transportEnded() != .ignore { reports += 1 }
            case 8: _ = machine.closeOutput()
            case 9: if Int.random(in: 0...4, using: &random) == 0 { _ = machine.close() }
            case 10:
                if Int.random(in: 0...9, using: &random) == 0, machine.failed() != .ignore { reports += 1 }
            case 11: _ = machine.quiesce()
            default: _ = machine.deadlineReached(.handshake)
            }
            let isClosed = machine.isClosed
            #expect(!wasClosed || isClosed)
            #expect(reports <= 1)
            if isClosed {
                #expect(
                    machine.received() == .ignore && machine.write() == .refuseClosed
                        && machine.holdsReads == false)
            }
            wasClosed = isClosed
        }
    }
}
