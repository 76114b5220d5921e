import GatewayTLS
import MQTTCodec
import NIOCore
import NIOPosix

/// A device: a small MQTT 5 client over mutual TLS.
///
/// Its pipeline is ``GatewayTLS/TLSHandler`` in the client role and ``DemoDeviceHandler``, which speaks MQTT.
struct DemoDevice: Sendable {
    /// The name it connected under.
    let clientID: String
    /// The TLS version agreed on.
    let tlsVersion: TLSVersion
    /// What its subscriptions bring, in order; ends with the connection.
    let messages: AsyncStream<DemoMessage>
    private let link: Link

    /// Connects, and returns once the gateway has accepted the CONNECT.
    ///
    /// - Throws: ``DeviceEnd``: the alert that refused the handshake, or the CONNACK's reason code.
    static func connect(
        as clientID: String, with credential: DemoCredential, to address: SocketAddress
    ) async throws -> DemoDevice {
        let (messages, continuation) = AsyncStream.makeStream(of: DemoMessage.self)
        let link = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = DemoDeviceHandler(
                        clientID: clientID, messages: continuation, eventLoop: channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandlers([
                        TLSHandler(context: credential.context), handler,
                    ])
                    return Link(channel: channel, handler: handler)
                }
            }
        let version = try await link.value(of: link.admitted)
        return DemoDevice(clientID: clientID, tlsVersion: version, messages: messages, link: link)
    }

    /// Publishes at QoS 1 and returns the gateway's answer.
    func publish(_ text: String, to topic: String) async throws -> MQTTReasonCode {
        try await link.perform { $0.publish(text, to: topic) }
    }

    /// Subscribes at QoS 1 and returns the gateway's answer.
    func subscribe(to filter: String) async throws -> MQTTReasonCode {
        try await link.perform { $0.subscribe(to: filter) }
    }

    /// Says goodbye and hangs up.
    func disconnect() async throws {
        try await link.perform { $0.disconnect() }
    }

    /// Waits for the connection to end, for whatever reason.
    func ended() async throws -> DeviceEnd {
        try await link.value(of: link.ended)
    }

    /// Whether the connection still stands.
    var isConnected: Bool { link.channel.isActive }
}

/// A message, as whoever receives it sees it.
struct DemoMessage: Hashable, Sendable, CustomStringConvertible {
    var topic: String
    var text: String

    var description: String { "\(text) on \(topic)" }
}

/// The way from async functions to the handler on its event loop.
private struct Link: Sendable {
    let channel: any Channel
    let admitted: EventLoopFuture<TLSVersion>
    let ended: EventLoopFuture<DeviceEnd>
    private let handler: NIOLoopBound<DemoDeviceHandler>

    /// Made on the channel's event loop.
    init(channel: any Channel, handler: DemoDeviceHandler) {
        self.channel = channel
        admitted = handler.admitted.futureResult
        ended = handler.ended.futureResult
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (DemoDeviceHandler) -> EventLoopFuture<Value>
    ) async throws -> Value {
        let handler = handler
        return try await value(of: channel.eventLoop.flatSubmit { body(handler.value) })
    }

    /// Waits; a cancelled task hangs up, which ends whatever it waits for.
    func value<Value: Sendable>(of future: EventLoopFuture<Value>) async throws -> Value {
        try await withTaskCancellationHandler {
            try await future.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
