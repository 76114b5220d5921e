import Testing

@testable import BrokerCore

@Suite struct TopicTreeTests {
    // Should two long levels ever have the same hash, their bytes still tell them apart.
    @Test func longLevelsAreComparedByTheirBytes() {
        var tree = TopicTree<Int32>(seed: 1, rootValue: 0)
        let first = Array("the-first-of-two-levels".utf8)
        let second = Array("the-other-of-two-levels".utf8)
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                let (level, hash) = TopicLevel.make(first, tree.hasher)
                let node = tree.addChild(of: TopicTree<Int32>.root, level, hash, first, 7)
                #expect(tree.child(of: TopicTree<Int32>.root, level, hash, first) == node)
                #expect(tree.child(of: TopicTree<Int32>.root, level, hash, second) == nil)
                #expect(tree.child(of: node, level, hash, first) == nil)
            }
        }
    }
}
