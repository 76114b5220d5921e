/// A writer of DER, and of what is almost DER, for tests.
enum DER {
    static func tlv(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag] + length(content.count) + content
    }

    static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        var octets: [UInt8] = []
        var rest = count
        while rest > 0 {
            octets.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(octets.count)] + octets
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { tlv(0x30, parts.flatMap(\.self)) }
    static func set(_ parts: [UInt8]...) -> [UInt8] { tlv(0x31, parts.flatMap(\.self)) }
    static func octets(_ content: [UInt8]) -> [UInt8] { tlv(0x04, content) }
    static func bits(_ content: [UInt8], unused: UInt8 = 0) -> [UInt8] { tlv(0x03, [unused] + content) }
    static func explicit(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { tlv(0xa0 | number, content) }
    static func boolean(_ value: Bool) -> [UInt8] { tlv(0x01, [value ? 0xff : 0]) }
    static let null: [UInt8] = [0x05, 0x00]

    /// An unsigned number.
    static func integer(_ octets: [UInt8]) -> [UInt8] {
        let significant = Array(octets.drop { $0 == 0 })
        let first = significant.first ?? 0
        return tlv(0x02, first >= 0x80 || significant.isEmpty ? [0] + significant : significant)
    }

    static func oid(_ dotted: String) -> [UInt8] {
        let arcs = dotted.split(separator: ".").compactMap { UInt64($0) }
        func base128(_ value: UInt64) -> [UInt8] {
            var octets = [UInt8(value & 0x7f)]
            var rest = value >> 7
            while rest > 0 {
                octets.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
                rest >>= 7
            }
            return octets
        }
        return tlv(0x06, base128(arcs[0] * 40 + arcs[1]) + arcs.dropFirst(2).flatMap(base128))
    }

    static func utf8(_ text: String) -> [UInt8] { tlv(0x0c, Array(text.utf8)) }
    static func printable(_ text: String) -> [UInt8] { tlv(0x13, Array(text.utf8)) }

    static func attribute(_ type: String, _ value: [UInt8]) -> [UInt8] { sequence(oid(type), value) }

    /// A name of single-valued relative distinguished names.
    static func name(_ attributes: (type: String, value: [UInt8])...) -> [UInt8] {
        tlv(0x30, attributes.flatMap { set(attribute($0.type, $0.value)) })
    }

    static func commonName(_ text: String) -> [UInt8] { name(("2.5.4.3", utf8(text))) }

    static func `extension`(_ type: String, critical: Bool = false, _ value: [UInt8]) -> [UInt8] {
        critical
            ? sequence(oid(type), boolean(true), octets(value)) : sequence(oid(type), octets(value))
    }

    /// The parts of a constructed value: each whole, with its header. Short and long definite lengths.
    static func parts(of value: [UInt8]) -> [[UInt8]] {
        var content = Array(value.dropFirst(header(value)))
        var parts: [[UInt8]] = []
        while content.count >= 2 {
            let size = header(content) + contentSize(content)
            guard size <= content.count else { return parts }
            parts.append(Array(content.prefix(size)))
            content.removeFirst(size)
        }
        return parts
    }

    static func content(of value: [UInt8]) -> [UInt8] { Array(value.dropFirst(header(value))) }

    private static func header(_ value: [UInt8]) -> Int {
        value[1] < 0x80 ? 2 : 2 + Int(value[1] & 0x7f)
    }

    private static func contentSize(_ value: [UInt8]) -> Int {
        if value[1] < 0x80 { return Int(value[1]) }
        return value[2..<(2 + Int(value[1] & 0x7f))].reduce(0) { $0 << 8 | Int($1) }
    }
}
