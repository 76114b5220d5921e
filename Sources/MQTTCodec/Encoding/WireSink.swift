import NIOCore

/// Where the fields of a packet go. Each packet describes its fields once; a ``WireMeter`` finds the
/// size and checks them, a ``WireWriter`` writes them.
protocol WireSink {
    mutating func byte(_ value: UInt8)
    mutating func uint16(_ value: UInt16)
    mutating func uint32(_ value: UInt32)
    mutating func variableInteger(_ value: Int)
    /// Two bytes of length and the bytes.
    mutating func string(_ value: String)
    /// Two bytes of length and the bytes.
    mutating func data(_ value: ByteBuffer)
    /// The bytes alone.
    mutating func raw(_ value: ByteBuffer)
    /// A variable byte integer that counts the bytes `body` puts, and those bytes.
    mutating func counted(_ body: (inout Self) -> Void)
}

/// Counts bytes and notes the first field that can't be written.
struct WireMeter: WireSink {
    private(set) var count = 0
    private(set) var broken: Rule?

    @inline(__always)
    mutating func byte(_ value: UInt8) { count += 1 }

    @inline(__always)
    mutating func uint16(_ value: UInt16) { count += 2 }

    @inline(__always)
    mutating func uint32(_ value: UInt32) { count += 4 }

    @inline(__always)
    mutating func variableInteger(_ value: Int) { count += VariableInteger.size(value) }

    mutating func string(_ value: String) {
        let size = value.utf8.count
        count += 2 + size
        guard broken == nil else { return }
        if size > Int(UInt16.max) {
            broken = .stringTooLong
        } else if value.containsNull {
            broken = .nullCharacter
        }
    }

    mutating func data(_ value: ByteBuffer) {
        count += 2 + value.readableBytes
        if broken == nil, value.readableBytes > Int(UInt16.max) { broken = .binaryTooLong }
    }

    @inline(__always)
    mutating func raw(_ value: ByteBuffer) { count += value.readableBytes }

    @inline(__always)
    mutating func counted(_ body: (inout WireMeter) -> Void) {
        let start = count
        body(&self)
        count += VariableInteger.size(count - start)
    }
}

/// Writes into memory whose size a ``WireMeter`` has found.
struct WireWriter: WireSink {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var count = 0

    /// - Parameter memory: at least one byte; no packet is smaller than two.
    @inline(__always)
    init(_ memory: UnsafeMutableRawBufferPointer) {
        guard let base = memory.baseAddress else { preconditionFailure("no memory to write to") }
        self.base = base
        capacity = memory.count
    }

    /// The next bytes to write to. The check never fails, meter and writer being told the same; were it
    /// to, stopping beats writing outside of the memory.
    @inline(__always)
    private mutating func claim(_ size: Int) -> UnsafeMutableRawPointer {
        precondition(size <= capacity &- count, "packet larger than measured")
        defer { count &+= size }
        return base + count
    }

    @inline(__always)
    mutating func byte(_ value: UInt8) { claim(1).storeBytes(of: value, as: UInt8.self) }

    @inline(__always)
    mutating func uint16(_ value: UInt16) { claim(2).storeBytes(of: value.bigEndian, as: UInt16.self) }

    @inline(__always)
    mutating func uint32(_ value: UInt32) { claim(4).storeBytes(of: value.bigEndian, as: UInt32.self) }

    @inline(__always)
    mutating func variableInteger(_ value: Int) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func string(_ value: String) {
        value.utf8.withBytes { bytes in
            uint16(UInt16(truncatingIfNeeded: bytes.count))
            copy(bytes)
        }
    }

    @inline(__always)
    mutating func data(_ value: ByteBuffer) {
        uint16(UInt16(truncatingIfNeeded: value.readableBytes))
        raw(value)
    }

    @inline(__always)
    mutating func raw(_ value: ByteBuffer) { value.withUnsafeReadableBytes { copy($0) } }

    /// Leaves one byte for the length, which mostly does, and makes room afterwards if it doesn't.
    @inline(__always)
    mutating func counted(_ body: (inout WireWriter) -> Void) {
        let start = count
        _ = claim(1)
        body(&self)
        let end = count
        let size = end &- start &- 1
        let lengthSize = VariableInteger.size(size)
        if lengthSize > 1 {
            _ = claim(lengthSize &- 1)
            (base + start + lengthSize).copyMemory(from: base + start + 1, byteCount: size)
        }
        let last = count
        count = start
        variableInteger(size)
        count = last
    }

    @inline(__always)
    mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        claim(bytes.count).copyMemory(from: source, byteCount: bytes.count)
    }
}
