import Synchronization
import Testing

@testable import BrokerCore

@Suite struct LazyReferenceTests {
    private final class Counted: Sendable {
        static let living = Atomic<Int>(0)

        init() { Self.living.add(1, ordering: .relaxed) }

        deinit { Self.living.subtract(1, ordering: .relaxed) }
    }

    private final class Holder: Sendable {
        let reference = LazyReference<Counted>()
    }

    // Racing first callers get one object, and what the losers made is released, as is the object at the end.
    @Test func givesOneObjectToAllAndKeepsNoOther() async {
        for _ in 0..<200 {
            let holder = Holder()
            let identities = await withTaskGroup(of: ObjectIdentifier.self) { group in
                for _ in 0..<8 {
                    group.addTask { ObjectIdentifier(holder.reference.value { Counted() }) }
                }
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(identities.count == 1)
            #expect(Counted.living.load(ordering: .relaxed) == 1)
            #expect(identities == [ObjectIdentifier(holder.reference.value { Counted() })])
        }
        #expect(Counted.living.load(ordering: .relaxed) == 0)
    }
}
