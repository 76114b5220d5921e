import NIOPosix

/// The scratch of the event loop that is running: one for each thread.
enum LoopScratch {
    /// Unchecked because a thread's value is set and read by that thread alone.
    private struct Box: @unchecked Sendable {
        let variable = ThreadSpecificVariable<TLSScratch>()
    }

    private static let box = Box()

    static var current: TLSScratch {
        if let scratch = box.variable.currentValue { return scratch }
        let scratch = TLSScratch()
        box.variable.currentValue = scratch
        return scratch
    }
}
