import Testing

@testable import X509Auth

@Suite("Revocation lists of authorities")
struct RevocationListsTests {
    private let authority: ForgedAuthority

    init() throws {
        self.authority = try ForgedAuthority()
    }

    private func load(_ lists: inout RevocationLists, _ list: CertificateRevocationList) -> X509Error.Code? {
        do throws(X509Error) {
            try lists.load(list, of: authority.certificate)
            return nil
        } catch {
            return error.code
        }
    }

    private func delta(
        _ number: UInt8, base: UInt8, entries: [[UInt8]], nextUpdate: String = "310101000000Z"
    ) throws -> CertificateRevocationList {
        try authority.list {
            $0.extensions = [ForgedList.number(number), ForgedList.base(base)]
            $0.entries = entries
            $0.nextUpdate = DER.tlv(0x17, Array(nextUpdate.utf8))
        }
    }

    @Test("only the authority's own, and never an older one")
    func load() throws {
        var lists = RevocationLists()
        #expect(load(&lists, try ForgedAuthority().list()) == .untrustedList)
        #expect(lists[authority.certificate.id] == nil)
        #expect(load(&lists, try authority.list()) == nil)
        #expect(load(&lists, try authority.list { $0.extensions = [ForgedList.number(6)] }) == .staleList)
        #expect(load(&lists, try authority.list { $0.extensions = [ForgedList.number(8)] }) == nil)
        #expect(lists[authority.certificate.id]?.full?.number?.decimal == "8")
        #expect(lists[authority.certificate.id]?.mode == RevocationMode.none)
    }

    @Test("without numbers, the later thisUpdate is the newer")
    func withoutNumbers() throws {
        var lists = RevocationLists()
        #expect(load(&lists, try authority.list { $0.extensions = [] }) == nil)
        let older = try authority.list {
            $0.extensions = []
            $0.thisUpdate = DER.tlv(0x17, Array("281231235959Z".utf8))
        }
        #expect(load(&lists, older) == .staleList)
    }

    @Test("a delta builds on the complete list or one before it, and goes when a newer one has overtaken it")
    func deltas() throws {
        var lists = RevocationLists()
        let delta = try delta(9, base: 7, entries: [ForgedList.entry([5])])
        #expect(load(&lists, delta) == .staleList)
        #expect(load(&lists, try authority.list()) == nil)
        #expect(load(&lists, try self.delta(9, base: 8, entries: [])) == .staleList)
        #expect(load(&lists, try self.delta(7, base: 7, entries: [])) == .staleList)
        #expect(load(&lists, delta) == nil)
        #expect(lists[authority.certificate.id]?.delta?.number?.decimal == "9")
        #expect(load(&lists, try authority.list { $0.extensions = [ForgedList.number(9)] }) == nil)
        #expect(lists[authority.certificate.id]?.delta == nil)
    }

    @Test("one that covers less does not take another's place")
    func scopes() throws {
        let devices = ForgedList.scope(DER.tlv(0x81, [0xff]))
        let authorities = ForgedList.scope(DER.tlv(0x82, [0xff]))
        func part(_ name: String) -> [UInt8] {
            ForgedList.scope(DER.tlv(0xa0, DER.tlv(0xa0, DER.tlv(0x86, Array(name.utf8)))))
        }
        var lists = RevocationLists()
        #expect(
            load(&lists, try authority.list { $0.extensions = [ForgedList.number(7), authorities] })
                == .unsupportedList)
        let first = try authority.list {
            $0.extensions = [ForgedList.number(8), part("http://a.example/1.crl")]
            $0.entries = [ForgedList.entry([5])]
        }
        #expect(load(&lists, first) == nil)
        for (number, scope) in [(9, part("http://a.example/2.crl")), (10, devices), (11, authorities)] {
            let other = try authority.list { $0.extensions = [ForgedList.number(UInt8(number)), scope] }
            #expect(load(&lists, other) != nil)
        }
        #expect(lists[authority.certificate.id]?.full?.entry(serial: [5]) != nil)
        #expect(load(&lists, try authority.list { $0.extensions = [ForgedList.number(12)] }) == nil)
    }

    @Test("a list about devices only says nothing about authorities between")
    func scopeOfAnswers() throws {
        let list = try authority.list {
            $0.extensions.append(ForgedList.scope(DER.tlv(0x81, [0xff])))
        }
        let revocation = AuthorityRevocation(mode: .hard, full: list)
        #expect(revocation.answer(serialNumber: [5], now: Forge.now) == .notRevoked)
        let check = RevocationCheck(
            name: "it", authority: authority.certificate.id, revocation: revocation, now: Forge.now)
        #expect(check.rejection(serialNumber: [5]) == nil)
        #expect(check.rejection(serialNumber: [5], isAuthority: true)?.reason == .crlMissing)
    }

    @Test("answers: complete list, delta, release from hold, dates")
    func answers() throws {
        let full = try authority.list {
            $0.entries = [ForgedList.entry([1], reason: 1), ForgedList.entry([2], reason: 6)]
        }
        let delta = try delta(
            9, base: 7, entries: [ForgedList.entry([2], reason: 8), ForgedList.entry([3], reason: 4)],
            nextUpdate: "300601000000Z")
        let revocation = AuthorityRevocation(mode: .hard, full: full, delta: delta)
        func isRevoked(_ serial: UInt8, _ now: Int64 = Forge.now) -> Bool {
            if case .revoked = revocation.answer(serialNumber: [serial], now: now) { true } else { false }
        }
        #expect(isRevoked(1))
        #expect(!isRevoked(2))
        #expect(isRevoked(3))
        #expect(revocation.answer(serialNumber: [4], now: Forge.now) == .notRevoked)
        // The delta has ended: it no longer releases, but still names.
        #expect(isRevoked(2, 1_906_502_401))
        #expect(isRevoked(3, 1_906_502_401))
        // The last second of the complete list, and the next.
        #expect(revocation.answer(serialNumber: [4], now: ForgedList.nextUpdate) == .notRevoked)
        #expect(
            revocation.answer(serialNumber: [4], now: ForgedList.nextUpdate + 1)
                == .expired(at: ForgedList.nextUpdate))
        #expect(isRevoked(1, ForgedList.nextUpdate + 1))
        #expect(
            revocation.answer(serialNumber: [4], now: ForgedList.thisUpdate - 1)
                == .notYetValid(from: ForgedList.thisUpdate))
        #expect(AuthorityRevocation(mode: .hard).answer(serialNumber: [4], now: Forge.now) == .noList)
        #expect(
            AuthorityRevocation(mode: .hard, full: delta).answer(serialNumber: [4], now: Forge.now) == .noList
        )
    }

    @Test("a snapshot taken before a change keeps what it had")
    func snapshots() throws {
        var lists = RevocationLists()
        #expect(load(&lists, try authority.list()) == nil)
        let before = lists
        #expect(
            load(
                &lists,
                try authority.list {
                    $0.extensions = [ForgedList.number(8)]
                    $0.entries = [ForgedList.entry([5])]
                }) == nil)
        #expect(before[authority.certificate.id]?.full?.count == 0)
        #expect(lists[authority.certificate.id]?.full?.count == 1)
    }
}
