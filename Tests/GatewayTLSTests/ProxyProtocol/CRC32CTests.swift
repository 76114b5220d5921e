import Testing

@testable import GatewayTLS

/// The examples of RFC 3720, appendix B.4.
@Test(
    "CRC32C of the standard's examples",
    arguments: [
        ([UInt8](repeating: 0, count: 32), 0x8a91_36aa), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        (Array(0...31), 0x46dd_794e), (Array((0...31).reversed()), 0x113f_db5c),
        (Array("123456789".utf8), 0xe306_9283),
    ] as [([UInt8], UInt32)])
func crc32c(_ bytes: [UInt8], _ sum: UInt32) { #expect(CRC32C.sum(bytes) == sum) }
