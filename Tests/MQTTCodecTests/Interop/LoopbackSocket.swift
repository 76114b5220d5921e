import Foundation

/// A blocking TCP socket on the loopback interface, given up after ten seconds of silence.
final class LoopbackSocket: Sendable {
    private let descriptor: CInt

    private init(_ descriptor: CInt) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    static func listen() throws -> LoopbackSocket {
        let socket = try make()
        try socket.withAddress(port: 0) { try check(bind(socket.descriptor, $0, $1)) }
        #if canImport(Darwin)
        try check(Darwin.listen(socket.descriptor, 4))
        #else
        try check(Glibc.listen(socket.descriptor, 4))
        #endif
        return socket
    }

    static func freePort() throws -> UInt16 { try listen().port() }

    /// Waits for a server that is just starting.
    static func connect(port: UInt16) throws -> LoopbackSocket {
        for _ in 0..<200 {
            let socket = try make()
            #if canImport(Darwin)
            let result = socket.withAddress(port: port) { Darwin.connect(socket.descriptor, $0, $1) }
            #else
            let result = socket.withAddress(port: port) { Glibc.connect(socket.descriptor, $0, $1) }
            #endif
            if result == 0 { return socket }
            Thread.sleep(forTimeInterval: 0.02)
        }
        throw InteropFailure()
    }

    func accept() throws -> LoopbackSocket {
        #if canImport(Darwin)
        let accepted = Darwin.accept(descriptor, nil, nil)
        #else
        let accepted = Glibc.accept(descriptor, nil, nil)
        #endif
        try Self.check(accepted)
        return LoopbackSocket(accepted)
    }

    func port() throws -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        try Self.check(result)
        return UInt16(bigEndian: address.sin_port)
    }

    func send(_ bytes: [UInt8]) throws {
        #if canImport(Darwin)
        let sent = Darwin.send(descriptor, bytes, bytes.count, 0)
        #else
        let sent = Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
        #endif
        guard sent == bytes.count else { throw InteropFailure() }
    }

    /// Nothing at the end of the stream.
    func receive() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw InteropFailure() }
        return Array(bytes.prefix(count))
    }

    private static func make() throws -> LoopbackSocket {
        #if canImport(Darwin)
        let descriptor = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #else
        let descriptor = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #endif
        try check(descriptor)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return LoopbackSocket(descriptor)
    }

    private static func check(_ result: CInt) throws {
        guard result >= 0 else { throw InteropFailure() }
    }

    private func withAddress<Result>(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
    ) rethrows -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return try withUnsafePointer(to: &address) {
            try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
