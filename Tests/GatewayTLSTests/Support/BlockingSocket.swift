import Foundation
import NIOCore
import Testing

/// A connection to a port of this machine.
final class BlockingSocket {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = try SocketAddress(ipAddress: "127.0.0.1", port: port).withSockAddr { address, size in
            connect(descriptor, address, socklen_t(size))
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    func write(_ buffer: inout ByteBuffer) throws {
        let bytes = Array(buffer.readableBytesView)
        buffer.clear()
        try #require(send(descriptor, bytes, bytes.count, 0) == bytes.count)
    }

    func read() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        try #require(count >= 0)
        return Array(bytes[..<count])
    }
}
