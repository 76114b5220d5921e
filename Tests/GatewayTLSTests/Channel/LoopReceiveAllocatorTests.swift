import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

@Suite("The receive buffer")
struct LoopReceiveAllocatorTests {
    private var pool = NIOPooledRecvBufferAllocator(capacity: 1, recvAllocator: LoopReceiveAllocator())

    private mutating func read(_ count: Int) -> ByteBuffer {
        let (buffer, _) = pool.buffer(allocator: ByteBufferAllocator()) { buffer in
            buffer.writeRepeatingByte(7, count: min(count, buffer.writableBytes))
        }
        pool.record(actualReadBytes: buffer.readableBytes)
        return buffer
    }

    @Test("a channel keeps a small buffer, and reads into its loop's from then on")
    mutating func channelKeepsLittle() {
        #expect(read(100).storageCapacity == 512)
        for _ in 0..<3 { #expect(read(40_000).readableBytes == 40_000) }
        #expect(pool.count == 1)
    }

    @Test("what was given back is read into again, by whichever channel is next")
    mutating func reuse() {
        _ = read(1)
        let address = { (buffer: ByteBuffer) in buffer.withVeryUnsafeBytes { $0.baseAddress } }
        var buffer: ByteBuffer? = read(10)
        let first = buffer.map(address)
        if let used = buffer { LoopReceiveAllocator.giveBack(used) }
        buffer = nil
        var other = Self()
        _ = other.read(1)
        #expect(other.read(20).readableBytes == 20)
        #expect(buffer.map(address) == nil && first != nil)
        let again = other.read(20)
        LoopReceiveAllocator.giveBack(again)
    }

    @Test("a buffer that somebody keeps is not written again")
    mutating func kept() {
        _ = read(1)
        let kept = read(10)
        LoopReceiveAllocator.giveBack(kept)
        let next = read(20)
        #expect(kept == ByteBuffer(repeating: 7, count: 10))
        #expect(next.readableBytes == 20)
    }

    @Test("buffers of other origin are left alone", arguments: [10, 65_536])
    mutating func foreign(_ size: Int) {
        _ = read(1)
        // Held, so that the other cannot lie where it lies.
        let lent = read(2)
        var foreign = ByteBuffer(repeating: 1, count: size)
        LoopReceiveAllocator.giveBack(foreign)
        let isFree = foreign.modifyIfUniquelyOwned { _ in } != nil
        #expect(isFree)
        #expect(read(20) == ByteBuffer(repeating: 7, count: 20))
        #expect(lent.readableBytes == 2)
    }
}
