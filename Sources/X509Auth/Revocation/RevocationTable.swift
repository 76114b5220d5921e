/// Where the entries of a list lie in its encoding, in order of serial number.
struct RevocationTable: Sendable {
    static let empty = RevocationTable(places: [])

    private let places: [UInt32]

    var count: Int { places.count }

    private init(places: [UInt32]) {
        self.places = places
    }

    /// Reads each entry once, so that no later look-up can fail.
    init(_ reader: DERReader, allowsExtensions: Bool) throws(DERFailure) {
        var reader = reader
        var places: [UInt32] = []
        places.reserveCapacity((reader.end - reader.position) / 37)
        var isSorted = true
        var previous: Range<Int>?
        while !reader.isAtEnd {
            let element = try reader.next(DERTag.sequence)
            let serial = try Self.read(reader.inside(element), allowsExtensions: allowsExtensions).serial
            if let previous, isSorted {
                isSorted = reader.bytes.withUnsafeBufferPointer {
                    Self.order($0[previous], $0[serial]) <= 0
                }
            }
            previous = serial
            places.append(UInt32(element.whole.lowerBound))
        }
        if !isSorted {
            reader.bytes.withUnsafeBufferPointer { bytes in
                places.sort { Self.order(Self.serial(at: $0, bytes), Self.serial(at: $1, bytes)) < 0 }
            }
        }
        self.places = places
    }

    /// The entry of one certificate. Where a serial number is listed twice, revoked wins over removed.
    func entry(serial: [UInt8], in der: [UInt8]) -> RevocationEntry? {
        let place = der.withUnsafeBufferPointer { bytes in
            serial.withUnsafeBufferPointer { wanted in firstPlace(of: wanted[...], in: bytes) }
        }
        guard var place else { return nil }
        var found: RevocationEntry?
        while place < places.count, let next = entry(at: place, in: der), next.serial == strip(serial) {
            if found == nil || next.entry.reason != .removeFromCRL { found = next.entry }
            place += 1
        }
        return found
    }

    private func firstPlace(of wanted: Octets, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if Self.order(Self.serial(at: places[middle], bytes), wanted) < 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < places.count, Self.order(Self.serial(at: places[low], bytes), wanted) == 0 else {
            return nil
        }
        return low
    }

    private func strip(_ serial: [UInt8]) -> [UInt8] { SerialNumber(bytes: serial).bytes }

    private func entry(at index: Int, in der: [UInt8]) -> (serial: [UInt8], entry: RevocationEntry)? {
        var reader = DERReader(der, from: Int(places[index]))
        guard let element = try? reader.next(DERTag.sequence),
            let read = try? Self.read(reader.inside(element), allowsExtensions: true)
        else { return nil }
        return (SerialNumber(bytes: der[read.serial]).bytes, read.entry)
    }

    // MARK: One entry

    private static func read(
        _ reader: DERReader, allowsExtensions: Bool
    ) throws(DERFailure) -> (serial: Range<Int>, entry: RevocationEntry) {
        var reader = reader
        let serial = try reader.next(DERTag.integer).content
        guard !serial.isEmpty, serial.count <= 128 else {
            throw DERFailure("has a serial number of \(serial.count) octets")
        }
        let date = try reader.time()
        var reason = RevocationEntry.Reason.unspecified
        if let list = try reader.nextIf(DERTag.sequence) {
            guard allowsExtensions else { throw DERFailure("has extensions in version 1") }
            reason = try self.reason(try ExtensionList(reader.inside(list)))
        }
        try reader.finish()
        return (serial, RevocationEntry(revocationDate: date, reason: reason))
    }

    private static func reason(_ extensions: ExtensionList) throws(DERFailure) -> RevocationEntry.Reason {
        var reason = RevocationEntry.Reason.unspecified
        for item in extensions.items {
            switch item.type {
            case .reasonCode:
                var reader = item.reader
                let value = try reader.smallInteger(DERTag.enumerated)
                try reader.finish()
                guard let known = RevocationEntry.Reason(rawValue: value) else {
                    throw DERFailure("has a reason code \(value) that RFC 5280 does not know")
                }
                reason = known
            case .invalidityDate, .holdInstruction:
                // Neither changes whether the certificate is revoked.
                continue
            default:
                guard !item.isCritical else {
                    throw DERFailure(
                        "has an entry with the critical extension \(item.type), which is not understood")
                }
            }
        }
        return reason
    }

    // MARK: Order

    private typealias Octets = Slice<UnsafeBufferPointer<UInt8>>

    /// The content of the INTEGER that an entry begins with. The entry was read before.
    private static func serial(at place: UInt32, _ bytes: UnsafeBufferPointer<UInt8>) -> Octets {
        // SEQUENCE header, then a serial number of at most 128 octets.
        var cursor = Int(place) + 1
        cursor += bytes[cursor] < 0x80 ? 1 : 1 + Int(bytes[cursor] & 0x7f)
        cursor += 1
        let first = bytes[cursor]
        cursor += 1
        guard first >= 0x80 else { return bytes[cursor..<(cursor + Int(first))] }
        return bytes[(cursor + 1)..<(cursor + 1 + Int(bytes[cursor]))]
    }

    /// Below, equal or above zero, as unsigned numbers.
    private static func order(_ left: Octets, _ right: Octets) -> Int {
        let left = left.drop { $0 == 0 }
        let right = right.drop { $0 == 0 }
        guard left.count == right.count else { return left.count - right.count }
        for (one, other) in zip(left, right) where one != other {
            return Int(one) - Int(other)
        }
        return 0
    }
}
