/// The text a variable stands for in one connection.
struct SlotValue: BitwiseCopyable, Sendable {
    var start: Int32
    /// −1 if the variable has no value.
    var count: Int32
}

/// A variable that some pattern over names mentions.
struct Slot: Hashable, Sendable {
    let variable: VariableReference
    /// Whether it is read as `iot:Connect` sees it.
    let isConnect: Bool
}

/// What one connection adds to the shared index: the values of the variables, and which statements are in force.
// Unchecked: the tables are written in the initialiser and only read from then on.
final class ConnectionBinding: @unchecked Sendable {
    let slots: UnsafeBufferPointer<SlotValue>
    let slotBytes: UnsafeBufferPointer<UInt8>
    /// Which guards are open; the first always is.
    let guards: UnsafeBufferPointer<Bool>
    let segments: UnsafeBufferPointer<GlobSegment>
    let segmentTexts: SegmentTexts

    init(_ rules: SharedRules, _ context: PolicyContext, _ options: PolicyOptions) {
        let connect = ContextReader(context, options, isConnect: true)
        let other = ContextReader(context, options, isConnect: false)
        var draft = Draft()
        for slot in rules.slots {
            draft.add((slot.isConnect ? connect : other).value(slot.variable))
        }
        for template in rules.index.templates { draft.bind(template) }
        slots = .table(draft.slots)
        slotBytes = .table(draft.slotBytes)
        segments = .table(draft.segments)
        segmentTexts = SegmentTexts(bytes: .table(draft.segmentBytes), failure: .table(draft.failure))
        let isOpen = rules.guards.map { condition in
            condition.isOpen(condition.isConnect ? connect : other, draft.slots)
        }
        guards = .table([true] + isOpen)
    }

    deinit {
        slots.deallocate()
        slotBytes.deallocate()
        guards.deallocate()
        segments.deallocate()
        segmentTexts.bytes.deallocate()
        segmentTexts.failure.deallocate()
    }

    private struct Draft {
        var slots: [SlotValue] = []
        var slotBytes: [UInt8] = []
        var segments: [GlobSegment] = []
        var segmentBytes: [UInt8] = []
        var failure: [UInt16] = []

        mutating func add(_ value: String?) {
            let start = slotBytes.count
            if let value { slotBytes += value.utf8 }
            let count = value == nil ? -1 : slotBytes.count - start
            slots.append(SlotValue(start: Int32(start), count: Int32(count)))
        }

        mutating func bind(_ template: SegmentTemplate) {
            let start = segmentBytes.count
            var hasOne = false
            for element in template.elements {
                guard let slot = element.slot else {
                    hasOne = hasOne || element == .one
                    if let byte = element.byte { segmentBytes.append(byte) }
                    continue
                }
                let value = slots[slot]
                guard value.count >= 0 else {
                    segmentBytes.removeSubrange(start...)
                    segments.append(GlobSegment(start: Int32(start), count: -1, hasOne: false))
                    return
                }
                segmentBytes += slotBytes[Int(value.start)..<Int(value.start + value.count)]
            }
            let segment = GlobSegment(
                start: Int32(start), count: Int32(segmentBytes.count - start), hasOne: hasOne)
            segments.append(segment)
            if template.isSearched {
                Glob.appendFailure(of: segment, in: segmentBytes, to: &failure)
            } else {
                failure.append(contentsOf: repeatElement(0, count: Int(segment.count)))
            }
        }
    }
}
