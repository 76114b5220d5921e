import Testing

@testable import DeviceGateway

struct InternTableTests {
    @Test func rowsOfOneValueShareTheFirstCopy() {
        var table = InternTable<IssuerName>()
        let first = table.take(IssuerName([1]))
        let other = table.take(IssuerName([2]))
        #expect(first !== other)
        for _ in 0..<3 {
            #expect(table.take(IssuerName([1])) === first)
            #expect(table.take(IssuerName([1])) === first)
            #expect(table.take(IssuerName([2])) === other)
        }
    }

    @Test func aValueIsForgottenWithItsLastRowAndNotBefore() {
        var table = InternTable<IssuerName>()
        let first = table.take(IssuerName([1]))
        _ = table.take(IssuerName([1]))
        _ = table.take(IssuerName([2]))
        _ = table.take(IssuerName([1]))
        table.give(IssuerName([1]))
        table.give(IssuerName([1]))
        #expect(table.take(IssuerName([1])) === first)
        table.give(IssuerName([1]))
        table.give(IssuerName([1]))
        #expect(table.take(IssuerName([1])) !== first)
        // Of which there is no row.
        table.give(IssuerName([3]))
    }

    @Test func copiesGoTheirOwnWays() {
        var table = InternTable<IssuerName>()
        let first = table.take(IssuerName([1]))
        let copy = table
        table.give(first)
        var later = copy
        #expect(later.take(IssuerName([1])) === first)
    }
}
