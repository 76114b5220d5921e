import Testing

@testable import X509Auth

@Suite("Path: lengths, names, policies")
struct PathRulesTests {
    private let root: ForgedEntity

    init() throws {
        root = try ForgedEntity("Root")
    }

    private func code(
        _ leaf: X509Certificate, _ trusted: X509Certificate, _ intermediates: [X509Certificate] = [],
        maximum: Int? = nil, email: [String] = []
    ) -> CertificatePathFailure.Code? {
        var validator = CertificatePathValidator()
        validator.maximumIntermediates = maximum
        validator.emailAddresses = email
        do throws(CertificatePathFailure) {
            _ = try validator.path(of: leaf, trusted: [trusted], intermediates: intermediates, now: Forge.now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("path length counts authorities below that are not self-issued; the leaf is none of them")
    func pathLength() throws {
        let sub = try ForgedEntity("Sub")
        let renewed = try ForgedEntity("Sub", keyIdentifier: [9, 9])
        let low = try ForgedEntity("Low")
        let anchor = try root.certificate(adding: [Forge.basicConstraints(authority: true, pathLength: 1)])
        let chain = [try sub.certificate(by: root), try renewed.certificate(by: sub)]
        #expect(code(try renewed.leaf(), anchor, chain) == nil)
        #expect(code(try low.leaf(), anchor, chain + [try low.certificate(by: renewed)]) == .pathTooLong)
        // An authority in the last place.
        #expect(code(try low.certificate(by: renewed), anchor, chain) == nil)
        #expect(code(try renewed.leaf(), anchor, chain, maximum: 1) == nil)
        #expect(code(try renewed.leaf(), anchor, chain, maximum: 0) == .pathTooLong)
        #expect(code(try root.leaf(), anchor, maximum: 0) == nil)
    }

    @Test("name constraints, kind by kind", arguments: NameCase.all)
    func names(_ item: NameCase) throws {
        let anchor = try root.certificate(
            adding: [Forge.nameConstraints(permitted: item.permitted, excluded: item.excluded)])
        let leaf = try root.leaf(adding: item.name.map { [Forge.alternativeNames($0)] } ?? []) {
            if let subject = item.subject { $0.subject = subject }
        }
        #expect(code(leaf, anchor) == (item.isAllowed ? nil : .nameConstraint), "\(item.title)")
    }

    @Test("constraints bind intermediates, but not self-issued ones; the leaf always")
    func whom() throws {
        let anchor = try root.certificate(adding: [
            Forge.nameConstraints(excluded: [Forge.dns("bad.example")])
        ])
        let named = [Forge.alternativeNames(Forge.dns("bad.example"))]
        let sub = try ForgedEntity("Sub")
        let renewed = try ForgedEntity("Root", keyIdentifier: [7])
        #expect(
            code(try sub.leaf(), anchor, [try sub.certificate(by: root, adding: named)]) == .nameConstraint)
        #expect(code(try renewed.leaf(), anchor, [try renewed.certificate(by: root, adding: named)]) == nil)
        #expect(code(try root.leaf(adding: named) { $0.subject = $0.issuer }, anchor) == .nameConstraint)
    }

    @Test("permissions further down narrow, and never widen")
    func narrowing() throws {
        let sub = try ForgedEntity("Sub")
        let leaf = try sub.leaf(adding: [Forge.alternativeNames(Forge.dns("a.example"))])
        func permits(_ names: String...) -> [[UInt8]] {
            [Forge.nameConstraints(permitted: names.map(Forge.dns))]
        }
        let wide = try root.certificate(adding: permits("example"))
        let narrow = try root.certificate(adding: permits("b.example"))
        #expect(code(leaf, wide, [try sub.certificate(by: root, adding: permits("a.example"))]) == nil)
        #expect(
            code(leaf, wide, [try sub.certificate(by: root, adding: permits("b.example"))]) == .nameConstraint
        )
        #expect(
            code(leaf, narrow, [try sub.certificate(by: root, adding: permits("example"))]) == .nameConstraint
        )
    }

    @Test("malformed constraints refuse the authority", arguments: NameCase.malformed)
    func malformed(_ title: String, _ value: [UInt8]) throws {
        let sub = try ForgedEntity("Sub")
        let constraints = DER.extension("2.5.29.30", critical: true, value)
        let chain = (try? sub.certificate(by: root, adding: [constraints])).map { [$0] } ?? []
        #expect(code(try sub.leaf(), try root.certificate(), chain) != nil, "\(title)")
    }

    @Test("thousands of names under thousands of constraints are refused by count, at once")
    func work() throws {
        let bases = (0..<1_100).map { Forge.dns("n\($0).example") }
        let names = (0..<1_100).map { Forge.dns("d\($0).test") }
        let anchor = try root.certificate(adding: [Forge.nameConstraints(excluded: bases)])
        let leaf = try root.leaf(adding: [
            DER.extension("2.5.29.17", DER.tlv(0x30, names.flatMap(\.self)))
        ])
        #expect(code(leaf, anchor) == .tooMuchWork)
    }

    @Test("email addresses that are asked for must be there, letter by letter")
    func email() throws {
        let leaf = try root.leaf(adding: [
            Forge.alternativeNames(Forge.email("a@example.com"), Forge.email("*@example.com"))
        ])
        let anchor = try root.certificate()
        #expect(code(leaf, anchor, email: ["a@example.com"]) == nil)
        #expect(code(leaf, anchor, email: ["a@example.com", "*@example.com"]) == nil)
        for other in ["A@example.com", "b@example.com", "a@example.com "] {
            #expect(code(leaf, anchor, email: [other]) == .nameMismatch)
        }
    }

    @Test("an explicit policy that is required must be there, all the way down")
    func policies() throws {
        let sub = try ForgedEntity("Sub")
        func policy(_ identifiers: String...) -> [UInt8] {
            DER.extension("2.5.29.32", DER.tlv(0x30, identifiers.flatMap { DER.sequence(DER.oid($0)) }))
        }
        let required = DER.extension("2.5.29.36", critical: true, DER.sequence(DER.tlv(0x80, [0])))
        let anchor = try root.certificate()
        func chain(_ extensions: [UInt8]...) throws -> [X509Certificate] {
            [try sub.certificate(by: root, adding: extensions)]
        }
        let plain = try sub.leaf()
        let one = try sub.leaf(adding: [policy("1.2.3")])
        #expect(try code(plain, anchor, chain()) == nil)
        #expect(try code(plain, anchor, chain(required, policy("1.2.3"))) == .policy)
        #expect(try code(one, anchor, chain(required, policy("1.2.3"))) == nil)
        #expect(try code(one, anchor, chain(required, policy("1.2.4"))) == .policy)
        #expect(try code(one, anchor, chain(required, policy("2.5.29.32.0"))) == nil)
        #expect(try code(one, anchor, chain(required)) == .policy)
        // Mapped to another, the first is no longer good below.
        let mapping = DER.extension(
            "2.5.29.33", critical: true, DER.sequence(DER.sequence(DER.oid("1.2.4"), DER.oid("1.2.3"))))
        #expect(try code(one, anchor, chain(required, policy("1.2.4"), mapping)) == nil)
        let away = DER.extension(
            "2.5.29.33", critical: true, DER.sequence(DER.sequence(DER.oid("1.2.3"), DER.oid("1.2.5"))))
        #expect(try code(one, anchor, chain(required, policy("1.2.3"), away)) == .policy)
    }
}
