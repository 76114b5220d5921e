import CGatewayOpenSSL

/// The C shim's list of small byte strings, owned.
final class FieldList {
    private let pointer: OpaquePointer
    let count: Int

    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
        self.count = gw_x509_list_count(pointer)
    }

    deinit {
        gw_x509_list_free(pointer)
    }

    func kind(_ index: Int) -> Int {
        precondition(index < count)
        return Int(gw_x509_list_kind(pointer, index))
    }

    func group(_ index: Int) -> Int {
        precondition(index < count)
        return Int(gw_x509_list_group(pointer, index))
    }

    func label(_ index: Int) -> String {
        precondition(index < count)
        return gw_x509_list_label(pointer, index).map { String(cString: $0) } ?? ""
    }

    func bytes(_ index: Int) -> [UInt8] {
        precondition(index < count)
        var size = 0
        return Array(UnsafeBufferPointer(start: gw_x509_list_bytes(pointer, index, &size), count: size))
    }
}

/// Memory the C shim returned, turned into Swift values and wiped.
enum OwnedBytes {
    static func take(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int) -> [UInt8]? {
        guard let bytes else { return nil }
        defer { gw_x509_bytes_free(bytes, count) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    static func takeText(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int) -> String? {
        guard let bytes else { return nil }
        defer { gw_x509_bytes_free(bytes, count) }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
