/// Why bytes are not a PROXY header.
public struct PROXYHeaderError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: Hashable, Sendable {
        /// Neither version's first bytes.
        case notAHeader
        /// Version 1: not the line the specification describes.
        case malformedLine
        /// Version 2: a version, command, family or protocol that must be refused.
        case unassignedValue
        /// Version 2: too short for its addresses, or a TLV that does not fit.
        case malformedBlock
        /// Version 2: the checksum is wrong.
        case checksumMismatch
        /// Longer than allowed.
        case tooLong
    }

    /// What is wrong.
    public var code: Code
    /// Where, in bytes from the header's start.
    public var offset: Int
    /// A sentence for the operator; holds nothing the peer sent.
    public var message: String

    init(_ code: Code, at offset: Int, _ message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }
}

extension PROXYHeaderError: CustomStringConvertible {
    /// The sentence, and where.
    public var description: String { "\(message) (byte \(offset) of the PROXY header)" }
}
