import Testing

@testable import GatewayTLS

@Suite("The receive buffer's size")
struct QuietReceiveAllocatorTests {
    @Test("one full read does not make it grow; a stream does, up to 64 KB")
    func growth() {
        var allocator = QuietReceiveAllocator()
        for count in [1024, 100, 1024] { _ = allocator.record(actualReadBytes: count) }
        #expect(allocator.nextBufferSize() == 1024)
        for _ in 0..<20 { _ = allocator.record(actualReadBytes: 1 << 20) }
        #expect(allocator.nextBufferSize() == 65_536)
    }
}
