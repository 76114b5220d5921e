extension String.UTF8View {
    /// Lends the bytes. Native strings lend their own storage, small ones a copy on the stack.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) {
            return result
        }
        return Array(self).withUnsafeBytes(body)
    }

    /// The same for what throws. The standard library rethrows untyped, so the outcome leaves as a value.
    func withBytes<Result, Failure: Error>(
        throwing body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withBytes { bytes -> Swift.Result<Result, Failure> in
            do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
        }.get()
    }

    /// Whether these are the bytes.
    @inline(__always)
    func isEqual(to bytes: UnsafeRawBufferPointer) -> Bool {
        guard count == bytes.count, let rhs = bytes.baseAddress else { return isEmpty && bytes.isEmpty }
        let isEqual = withContiguousStorageIfAvailable { own in
            guard let lhs = UnsafeRawPointer(own.baseAddress) else { return false }
            var index = 0
            while index &+ 8 <= own.count {
                let word = lhs.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if word != rhs.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
                index &+= 8
            }
            while index < own.count {
                let byte = lhs.load(fromByteOffset: index, as: UInt8.self)
                if byte != rhs.load(fromByteOffset: index, as: UInt8.self) { return false }
                index &+= 1
            }
            return true
        }
        return isEqual ?? elementsEqual(bytes)
    }
}

extension String {
    /// Whether `+` or `#` is in it.
    var containsTopicWildcard: Bool {
        utf8.withBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            if UTF8Validation.isPlainTopicName(base, count: bytes.count) { return false }
            return bytes.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
        }
    }

    /// Whether U+0000 is in it.
    var containsNull: Bool {
        utf8.withBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            if UTF8Validation.isPlainString(base, count: bytes.count) { return false }
            return bytes.contains(0)
        }
    }
}

extension Hasher {
    /// Hashes a string as bytes, agreeing with byte-wise equality.
    mutating func combine(utf8 string: String) {
        string.utf8.withBytes { combine(bytes: $0) }
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
