import GatewayTLS
import NIOCore
import NIOPosix

/// Where a gateway may listen, and how its sockets are set up.
extension Gateway {
    func validate() throws(GatewayError) {
        guard let plaintext = core.configuration.plaintext else { return }
        guard plaintext.dangerouslyAllowBeyondLoopback || Self.isLoopback(plaintext.host) else {
            throw GatewayError(
                .invalidConfiguration,
                "the plaintext endpoint may only listen on a loopback address, not on \(plaintext.host): "
                    + "anyone who reaches it is anonymous and nothing is encrypted. Use 127.0.0.1, or set "
                    + "dangerously-allow-beyond-loopback if a TLS-terminating proxy needs it")
        }
    }

    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" { return true }
        guard let address = try? SocketAddress(ipAddress: host, port: 0), let text = address.ipAddress else {
            return false
        }
        return text == "::1" || (text.hasPrefix("127.") && !text.contains(":"))
    }

    func bind(
        _ host: String, _ port: Int, _ loops: [NIOLoopBound<LoopContext>], _ security: EndpointSecurity
    ) async throws(GatewayError) -> any Channel {
        let byLoop = Dictionary(
            loops.map { (ObjectIdentifier($0.eventLoop), $0) }, uniquingKeysWith: { first, _ in first })
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 4096)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelInitializer { channel in
                    // Out of descriptors, accepting pauses instead of failing as fast as it can.
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                    }
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(
                    .writeBufferWaterMark, value: .init(low: 64 * 1024, high: 256 * 1024)
                )
                .childChannelInitializer { channel in
                    guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)] else {
                        return channel.close()
                    }
                    return channel.eventLoop.makeCompletedFuture {
                        try LoopReceiveAllocator.install(on: channel)
                        try channel.pipeline.syncOperations.addHandler(
                            DeviceChannelHandler(loop: loop.value, security: security))
                    }
                }
                .bind(host: host, port: port)
                .get()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw GatewayError(
                .addressInUse,
                "\(host):\(port) is in use by another process; stop it, or choose another port")
        } catch is SocketAddressError {
            throw GatewayError(.cannotListen, "there is no address \(host) on this machine")
        } catch {
            throw GatewayError(.cannotListen, "cannot listen on \(host):\(port): \(error)")
        }
    }
}
