/// A strict JSON reader (RFC 8259) that keeps places, refuses repeated keys and bounds nesting.
///
/// For documents of any kind: nothing in it knows of policies but the type of its errors.
package struct JSONReader {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private let refusesDuplicateKeys: Bool
    private var offset = 0
    private var depth = 0

    // The place of `placeOffset`; places are asked for in rising order, so each byte is counted once.
    private var line = 1
    private var column = 1
    private var placeOffset = 0

    private init(_ bytes: [UInt8], maximumDepth: Int, refusesDuplicateKeys: Bool) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.refusesDuplicateKeys = refusesDuplicateKeys
    }

    /// Reads exactly one value, with nothing but white space around it.
    package static func read(_ bytes: [UInt8], maximumDepth: Int, refusesDuplicateKeys: Bool = true)
        throws(PolicyError)
        -> JSONNode
    {
        var reader = JSONReader(
            bytes, maximumDepth: maximumDepth, refusesDuplicateKeys: refusesDuplicateKeys)
        try reader.checkEncoding()
        reader.skipWhitespace()
        guard reader.offset < bytes.count else {
            throw reader.fault("the text is empty", hint: "write one JSON object")
        }
        let node = try reader.value()
        reader.skipWhitespace()
        guard reader.offset == bytes.count else {
            throw reader.fault(
                "text follows the end of the JSON value",
                hint: "keep one JSON value and remove what follows it")
        }
        return node
    }

    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private func checkEncoding() throws(PolicyError) {
        guard String(validating: bytes, as: UTF8.self) == nil else {
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                throw PolicyError(
                    .notJSON, at: SourcePosition(line: 1, column: 1),
                    "the text begins with a byte order mark",
                    hint: "save it as UTF-8 without byte order mark")
            }
            return
        }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var position = (line: 1, column: 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            position = scalar == "\n" ? (position.line + 1, 1) : (position.line, position.column + 1)
        }
        throw PolicyError(
            .notUTF8, at: SourcePosition(line: position.line, column: position.column),
            "the text is not valid UTF-8", hint: "save it as UTF-8")
    }

    // MARK: Values

    private mutating func value() throws(PolicyError) -> JSONNode {
        let start = offset
        let place = place(at: start)
        let value: JSONNode.Value
        switch peek {
        case UInt8(ascii: "{"): value = .object(try object())
        case UInt8(ascii: "["): value = .array(try array())
        case UInt8(ascii: "\""): value = .string(try string())
        case UInt8(ascii: "t"): value = try literal("true", .bool(true))
        case UInt8(ascii: "f"): value = try literal("false", .bool(false))
        case UInt8(ascii: "n"): value = try literal("null", .null)
        case UInt8(ascii: "-"): value = .number(try number())
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): value = .number(try number())
        case nil: throw fault("the text ends where a value is expected", hint: "complete the JSON text")
        case .some(let byte):
            throw fault(
                "\(describe(byte)) cannot begin a value",
                hint: byte == UInt8(ascii: "'")
                    ? "put strings in double quotation marks" : "write a string, number, object or array")
        }
        return JSONNode(value: value, position: place, range: start..<offset)
    }

    private mutating func object() throws(PolicyError) -> [JSONNode.Member] {
        try enter()
        var members: [JSONNode.Member] = []
        var seen: Set<[UInt8]> = []
        skipWhitespace()
        if take("}") {
            depth -= 1
            return members
        }
        while true {
            guard peek == UInt8(ascii: "\"") else {
                throw fault(
                    offset < bytes.count
                        ? "\(describe(bytes[offset])) stands where a key is expected"
                        : "the text ends within an object",
                    hint: peek == UInt8(ascii: "}")
                        ? "remove the comma before it" : "write a key in double quotation marks")
            }
            let place = place(at: offset)
            let key = try string()
            guard seen.insert(Array(key.utf8)).inserted || !refusesDuplicateKeys else {
                throw PolicyError(
                    .duplicateKey, at: place, "the key \"\(key)\" is repeated in this object",
                    hint: "keep one \"\(key)\", with an array if it needs several values")
            }
            skipWhitespace()
            guard take(":") else {
                throw fault(
                    "the key \"\(key)\" has no value", hint: "write a colon and a value after the key")
            }
            skipWhitespace()
            members.append(JSONNode.Member(key: key, position: place, node: try value()))
            skipWhitespace()
            if take(",") {
                skipWhitespace()
                continue
            }
            guard take("}") else { throw unexpected(in: "an object", closing: "}") }
            depth -= 1
            return members
        }
    }

    private mutating func array() throws(PolicyError) -> [JSONNode] {
        try enter()
        var elements: [JSONNode] = []
        skipWhitespace()
        if take("]") {
            depth -= 1
            return elements
        }
        while true {
            if peek == UInt8(ascii: "]") {
                throw fault("a comma stands before the end of the array", hint: "remove the comma")
            }
            elements.append(try value())
            skipWhitespace()
            if take(",") {
                skipWhitespace()
                continue
            }
            guard take("]") else { throw unexpected(in: "an array", closing: "]") }
            depth -= 1
            return elements
        }
    }

    private mutating func enter() throws(PolicyError) {
        depth += 1
        guard depth <= maximumDepth else {
            throw PolicyError(
                .tooDeep, at: place(at: offset),
                "arrays and objects are nested more than \(maximumDepth) deep",
                hint: "a document of this kind needs fewer")
        }
        offset += 1
    }

    private mutating func literal(_ word: StaticString, _ value: JSONNode.Value) throws(PolicyError)
        -> JSONNode.Value
    {
        let matches = word.withUTF8Buffer { bytes[offset...].starts(with: $0) }
        guard matches else {
            throw fault("a word is not in quotation marks", hint: "put strings in double quotation marks")
        }
        offset += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws(PolicyError) -> String {
        let start = offset
        _ = take("-")
        if !take("0") {
            guard digits() > 0 else { throw fault("a number has no digits", hint: "write a decimal number") }
        }
        if take(".") {
            guard digits() > 0 else {
                throw fault(
                    "a number has no digit after the decimal point", hint: "add one or remove the point")
            }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() > 0 else {
                throw fault("a number has no digit in its exponent", hint: "add one or remove the exponent")
            }
        }
        if let next = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
            throw fault("a number begins with 0", hint: "remove the leading zero")
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        return offset - start
    }

    // MARK: Strings

    private mutating func string() throws(PolicyError) -> String {
        offset += 1
        var text: [UInt8] = []
        var run = offset
        while true {
            guard let byte = peek else {
                throw fault("the text ends within a string", hint: "close the string with a quotation mark")
            }
            switch byte {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[run..<offset])
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[run..<offset])
                offset += 1
                try escape(into: &text)
                run = offset
            case 0..<0x20:
                throw fault(
                    "a string holds an unescaped control character",
                    hint: byte == 0x0A || byte == 0x0D
                        ? "close the string on its line, or write \\n" : "write it as \\u00XX")
            default:
                offset += 1
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(PolicyError) {
        guard let byte = peek else {
            throw fault("the text ends within a string", hint: "close the string with a quotation mark")
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            offset += 1
            try text.append(contentsOf: String(unicodeEscape()).utf8)
            return
        default:
            throw fault(
                "\\\(Character(Unicode.Scalar(byte))) is no JSON escape", hint: "write \\\\ for a backslash")
        }
        offset += 1
    }

    private mutating func unicodeEscape() throws(PolicyError) -> Character {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        let hint = "write both halves of the surrogate pair, or the character itself"
        guard first < 0xDC00, take("\\"), take("u") else {
            throw fault("half of a surrogate pair stands alone", hint: hint)
        }
        let second = try fourHexDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("half of a surrogate pair stands alone", hint: hint) }
        return Character(scalar)
    }

    private mutating func fourHexDigits() throws(PolicyError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault(
                    "\\u is not followed by four hexadecimal digits", hint: "write \\u00E9, for example")
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }

    // MARK: Cursor

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek, Self.isWhitespace(byte) { offset += 1 }
    }

    private mutating func place(at target: Int) -> SourcePosition {
        while placeOffset < target {
            let byte = bytes[placeOffset]
            placeOffset += 1
            if byte == 0x0A || (byte == 0x0D && !(placeOffset < bytes.count && bytes[placeOffset] == 0x0A)) {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return SourcePosition(line: line, column: column)
    }

    private mutating func fault(_ message: String, hint: String) -> PolicyError {
        PolicyError(.notJSON, at: place(at: offset), message, hint: hint)
    }

    private mutating func unexpected(in container: String, closing: String) -> PolicyError {
        offset < bytes.count
            ? fault(
                "\(describe(bytes[offset])) stands where a comma or \(closing) is expected",
                hint: "add the missing comma or \(closing)")
            : fault("the text ends within \(container)", hint: "close it with \(closing)")
    }

    private func describe(_ byte: UInt8) -> String {
        byte < 0x21 || byte > 0x7E ? "a character" : "`\(Character(Unicode.Scalar(byte)))`"
    }
}
