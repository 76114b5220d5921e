import NIOCore

/// Bytes from hexadecimal digits and quoted text: `"30 05 0003 'a/b'"`. Spaces mean nothing outside of
/// quotes. Braces put the length of what is in them, at most 127 bytes, before it: `"{23 0001}"`.
func bytes(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var groups: [Int] = []
    var digit: UInt8?
    var isQuoted = false
    for character in text {
        if character == "'" {
            isQuoted.toggle()
        } else if isQuoted {
            result += Array(character.utf8)
        } else if character == "{" {
            groups.append(result.count)
        } else if character == "}" {
            guard let start = groups.popLast() else { preconditionFailure("unbalanced braces: \(text)") }
            result.insert(UInt8(result.count - start), at: start)
        } else if let value = character.hexDigitValue {
            if let high = digit {
                result.append(high << 4 | UInt8(value))
                digit = nil
            } else {
                digit = UInt8(value)
            }
        } else {
            precondition(character == " ", "not hexadecimal: \(text)")
        }
    }
    precondition(digit == nil && groups.isEmpty && !isQuoted, "unfinished: \(text)")
    return result
}

/// A packet from its first byte and its body; the remaining length is computed.
func frame(_ first: UInt8, _ body: String) -> [UInt8] { frame(first, bytes(body)) }

func frame(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    var rest = body.count
    repeat {
        length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
        rest >>= 7
    } while rest > 0
    return [first] + length + body
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

extension ByteBuffer {
    var array: [UInt8] { Array(readableBytesView) }
}
