import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

@Suite("What an event loop has for all its connections")
struct LoopLocalTests {
    @Test("a thread keeps no event loop, whose end at the thread's own would come too late for Dispatch")
    func letsLoopsGo() {
        weak var ended: EmbeddedEventLoop?
        do {
            let loop = EmbeddedEventLoop()
            ended = loop
            _ = LoopLocal.deadlines(of: loop)
        }
        #expect(ended == nil)
    }

    @Test("a loop's connections share their deadlines for as long as there are any")
    func sharesDeadlines() {
        let loop = EmbeddedEventLoop()
        let deadlines = LoopLocal.deadlines(of: loop)
        #expect(LoopLocal.deadlines(of: loop) === deadlines)
        let other = EmbeddedEventLoop()
        #expect(LoopLocal.deadlines(of: other) !== deadlines)
    }
}
