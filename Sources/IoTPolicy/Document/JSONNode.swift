/// A JSON value that remembers where it stood.
///
/// The standard library has no JSON reader, and ordinary decoders lose the two things a policy needs: places, and
/// the fact that a key was repeated.
package struct JSONNode {
    package indirect enum Value {
        case object([Member])
        case array([JSONNode])
        case string(String)
        /// The number as written; policies compare text.
        case number(String)
        case bool(Bool)
        case null
    }

    package struct Member {
        package let key: String
        package let position: SourcePosition
        package let node: JSONNode
    }

    package let value: Value
    package let position: SourcePosition
    /// The bytes of the value in the text read.
    let range: Range<Int>

    /// The JSON type with its article, for error messages.
    package var typeName: String {
        switch value {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        }
    }

    /// The member of that name, if this is an object that has it.
    package subscript(key: String) -> JSONNode? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.key == key }?.node
    }
}
