public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Answers operators on a unix socket that only the gateway's own user can reach.
///
/// The socket file has mode 0600 and should lie in a directory with mode 0700; besides, each peer's
/// user id is asked of the kernel. Lines are bounded (``OperatorProtocol``), and so is the number of
/// operators at a time.
public final class OperatorServer: Service, Sendable {
    /// Operators served at a time; further ones are told that it is busy.
    public static let maximumConnections = 16

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let path: String
    private let listener: NIOAsyncChannel<Connection, Never>
    private let gatewayOperator: GatewayOperator
    private let logger: Logger
    private let open = Atomic<Int>(0)

    private init(
        path: String, listener: NIOAsyncChannel<Connection, Never>, gatewayOperator: GatewayOperator,
        logger: Logger
    ) {
        self.path = path
        self.listener = listener
        self.gatewayOperator = gatewayOperator
        self.logger = logger
    }

    /// Listens at `path`, replacing a socket that an earlier process left there.
    ///
    /// The caller makes sure, by a lock of its own, that no live gateway listens there. Call ``run()``
    /// to answer.
    ///
    /// - Throws: ``OperatorError`` with the code `connection`, when the path can't be listened on.
    public static func listen(
        at path: String, answeringWith gatewayOperator: GatewayOperator,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger
    ) async throws(OperatorError) -> OperatorServer {
        do {
            let listener = try await ServerBootstrap(group: eventLoopGroup)
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Connection(wrappingChannelSynchronously: channel)
                    }
                }
            guard chmod(path, 0o600) == 0 else {
                let reason = String(cString: strerror(errno))
                try? await listener.channel.close()
                throw OperatorError(.connection, "The mode of \(path) can't be set to 0600: \(reason).")
            }
            return OperatorServer(
                path: path, listener: listener, gatewayOperator: gatewayOperator, logger: logger)
        } catch let error as OperatorError {
            throw error
        } catch SocketAddressError.unixDomainSocketPathTooLong {
            throw OperatorError(
                .connection,
                "The path \(path) is too long for a unix socket (about 100 bytes at most); "
                    + "use a directory with a shorter path.")
        } catch {
            throw OperatorError(.connection, "The operator socket \(path) can't be opened: \(error).")
        }
    }

    /// Answers until the task is cancelled or a graceful shutdown begins, then removes the socket.
    public func run() async throws {
        defer { unlink(path) }
        try await cancelWhenGracefulShutdown {
            do {
                try await self.listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { await self.serve(connection) }
                        }
                    }
                }
            } catch is CancellationError {
                // Asked to stop.
            }
        }
    }

    private func serve(_ connection: Connection) async {
        let others = open.add(1, ordering: .relaxed).oldValue
        defer { open.subtract(1, ordering: .relaxed) }
        let userID = await PeerCredentials.userID(of: connection.channel)
        do {
            try await connection.executeThenClose { inbound, outbound in
                guard PeerCredentials.mayOperate(userID: userID) else {
                    logger.warning(
                        "Refused an operator: not the gateway's user",
                        metadata: ["user-id": "\(userID.map(String.init) ?? "unknown")"])
                    try await outbound.write(
                        Self.line(
                            .failure(
                                .init(.notOwner, "Only the user that the gateway runs as may operate it."))))
                    return
                }
                guard others < Self.maximumConnections else {
                    try await outbound.write(
                        Self.line(
                            .failure(
                                .init(.busy, "\(others) operators are connected; try again in a moment."))))
                    return
                }
                try await answer(inbound, outbound)
            }
        } catch {
            logger.debug("An operator's connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func answer(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        var lines = OperatorLineBuffer(limit: OperatorProtocol.maximumRequestLength)
        for try await bytes in inbound {
            lines.append(bytes)
            do {
                while let line = try lines.next() {
                    try await outbound.write(Self.line(await outcome(of: line)))
                }
            } catch let overflow as OperatorLineBuffer.Overflow {
                // Where the next request would begin is anyone's guess: say so and hang up.
                try await outbound.write(Self.line(.failure(.requestTooLong(overflow.count))))
                return
            }
        }
    }

    private func outcome(of line: [UInt8]) async -> Result<OperatorReply, OperatorError> {
        do {
            return .success(try await gatewayOperator.execute(try OperatorProtocol.decodeCommand(line)))
        } catch {
            return .failure(error)
        }
    }

    private static func line(_ outcome: Result<OperatorReply, OperatorError>) -> ByteBuffer {
        var line = ByteBuffer(bytes: OperatorProtocol.encode(outcome))
        line.writeInteger(UInt8(ascii: "\n"))
        return line
    }
}
