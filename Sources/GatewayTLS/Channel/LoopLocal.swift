import NIOCore
import NIOPosix

/// What the event loop that is running has for all its connections.
enum LoopLocal {
    /// Unchecked because a thread's value is set and read by that thread alone.
    private struct Box<Value: AnyObject>: @unchecked Sendable {
        let variable = ThreadSpecificVariable<Value>()
    }

    /// Weak, so that a thread's end releases no event loop. A loop for tests lives on threads of Dispatch, and has
    /// a queue; when a thread's values are dropped, Dispatch has already cleaned up there, and a queue that goes
    /// then uses memory that has been freed. What has deadlines is kept by its loop.
    private final class Deadlines {
        weak var current: LoopDeadlines?
    }

    private static let memoryBox = Box<LoopMemory>()
    private static let deadlinesBox = Box<Deadlines>()

    /// I/O buffers.
    static var memory: LoopMemory {
        if let memory = memoryBox.variable.currentValue { return memory }
        let memory = LoopMemory()
        memoryBox.variable.currentValue = memory
        return memory
    }

    /// Deadlines of `loop`, on whose thread this is called. Loops without a thread of their own, as in
    /// tests, may get new ones each time; each keeps those that were set on it.
    static func deadlines(of loop: any EventLoop) -> LoopDeadlines {
        let box: Deadlines
        if let known = deadlinesBox.variable.currentValue {
            if let current = known.current, current.eventLoop === loop { return current }
            box = known
        } else {
            box = Deadlines()
            deadlinesBox.variable.currentValue = box
        }
        let new = LoopDeadlines(eventLoop: loop)
        box.current = new
        return new
    }
}
