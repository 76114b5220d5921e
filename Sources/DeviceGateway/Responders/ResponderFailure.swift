/// Why a responder gave no answer, as a sentence that an operator reads.
struct ResponderFailure: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
