import NIOCore
import NIOPosix

/// What the event loop that is running has for all its connections.
enum LoopLocal {
    /// Unchecked because a thread's value is set and read by that thread alone.
    private struct Box<Value: AnyObject>: @unchecked Sendable {
        let variable = ThreadSpecificVariable<Value>()
    }

    private final class Deadlines {
        let loop: any EventLoop
        let deadlines: LoopDeadlines

        init(_ loop: any EventLoop) {
            self.loop = loop
            deadlines = LoopDeadlines(eventLoop: loop)
        }
    }

    private static let scratchBox = Box<TLSScratch>()
    private static let deadlinesBox = Box<Deadlines>()

    /// Scratch memory.
    static var scratch: TLSScratch {
        if let scratch = scratchBox.variable.currentValue { return scratch }
        let scratch = TLSScratch()
        scratchBox.variable.currentValue = scratch
        return scratch
    }

    /// Deadlines of `loop`, on whose thread this is called. Loops without a thread of their own, as in
    /// tests, may get new ones each time; each keeps those that were set on it.
    static func deadlines(of loop: any EventLoop) -> LoopDeadlines {
        if let current = deadlinesBox.variable.currentValue, current.loop === loop {
            return current.deadlines
        }
        let new = Deadlines(loop)
        deadlinesBox.variable.currentValue = new
        return new.deadlines
    }
}
