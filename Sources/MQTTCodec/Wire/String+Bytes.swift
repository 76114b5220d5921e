extension String.UTF8View {
    /// Lends the bytes. Native strings lend their own storage, small ones a copy on the stack.
    func withContiguous<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The standard library rethrows untyped, so the outcome leaves as a value.
        func outcome(_ bytes: UnsafeRawBufferPointer) -> Swift.Result<Result, Failure> {
            do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        if let result = withContiguousStorageIfAvailable({ outcome(UnsafeRawBufferPointer($0)) }) {
            return try result.get()
        }
        return try Array(self).withUnsafeBytes(outcome).get()
    }
}

extension String {
    /// Whether `+` or `#` is in it.
    var containsTopicWildcard: Bool {
        utf8.withContiguous { bytes in
            guard let base = bytes.baseAddress else { return false }
            if UTF8Validation.isPlainTopicName(base, count: bytes.count) { return false }
            return bytes.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
        }
    }

    /// Whether U+0000 is in it.
    var containsNull: Bool {
        utf8.withContiguous { bytes in
            guard let base = bytes.baseAddress else { return false }
            if UTF8Validation.isPlainString(base, count: bytes.count) { return false }
            return bytes.contains(0)
        }
    }
}

extension Hasher {
    /// Hashes a string as bytes, agreeing with byte-wise equality.
    mutating func combine(utf8 string: String) {
        string.utf8.withContiguous { combine(bytes: $0) }
        combine(0xFF as UInt8)
    }
}

/// "0x1F".
func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return (digits.count == 1 ? "0x0" : "0x") + digits
}

/// The string in quotes, everything but printable characters escaped; long strings are cut.
func escaped(_ string: String) -> String {
    let limit = 256
    var text = "\""
    for scalar in string.unicodeScalars.prefix(limit) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
            text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        default:
            if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
    }
    return text + (string.unicodeScalars.count > limit ? "…\"" : "\"")
}
