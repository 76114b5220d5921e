public import NIOCore
public import NIOPosix

/// Sends commands to the gateway that listens on an operator socket.
public struct OperatorClient: Sendable {
    private let path: String
    private let eventLoopGroup: any EventLoopGroup

    /// - Parameter path: the operator socket of the gateway's directory.
    public init(
        path: String, eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.path = path
        self.eventLoopGroup = eventLoopGroup
    }

    /// Has the gateway carry out a command.
    ///
    /// - Throws: What the gateway answered, or ``OperatorError`` with the code `not-running` when nobody
    ///   listens, `connection` when the connection ended before the reply.
    public func execute(_ command: OperatorCommand) async throws(OperatorError) -> OperatorReply {
        var request = ByteBuffer(bytes: try OperatorProtocol.encode(command))
        request.writeInteger(UInt8(ascii: "\n"))
        let line: [UInt8]
        do {
            line = try await exchange(request)
        } catch let error as OperatorError {
            throw error
        } catch {
            throw OperatorError(.connection, "The connection to \(path) failed: \(error).")
        }
        return try OperatorProtocol.decodeReply(line)
    }

    private func exchange(_ request: ByteBuffer) async throws -> [UInt8] {
        let connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            connection = try await ClientBootstrap(group: eventLoopGroup)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error as IOError where [ENOENT, ECONNREFUSED].contains(error.errnoCode) {
            throw OperatorError(.notRunning, "No gateway listens on \(path).")
        } catch SocketAddressError.unixDomainSocketPathTooLong {
            throw OperatorError(.notRunning, "No gateway can listen on \(path): the path is too long.")
        }
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(request)
            var lines = OperatorLineBuffer(limit: OperatorProtocol.maximumReplyLength)
            do {
                for try await bytes in inbound {
                    lines.append(bytes)
                    if let line = try lines.next() { return line }
                }
            } catch let overflow as OperatorLineBuffer.Overflow {
                throw OperatorError(
                    .replyTooLong, "The reply on \(path) is longer than allowed (\(overflow.count) bytes).")
            }
            throw OperatorError(.connection, "The gateway on \(path) hung up before it answered.")
        }
    }
}
