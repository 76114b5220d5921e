import NIOCore
import NIOHTTP1
public import NIOPosix
public import X509Auth

/// Asks OCSP responders over HTTP (RFC 6960 appendix A.1): one POST, one connection, closed afterwards.
///
/// Only `http:` URLs: responses are signed, and asking over TLS would want a revocation check of its own. Redirects are
/// not followed. How many requests there are at a time is bounded by ``ClientOCSP/maximumUnderWay``.
public struct OCSPHTTPClient: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let timeLimit: TimeAmount

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - group: Where its connections live.
    ///   - timeLimit: The longest a request takes, if nobody cancels it sooner; ``OCSPChecker`` does, at its deadline.
    public init(
        group: MultiThreadedEventLoopGroup = .singleton, timeLimit: Duration = .seconds(60)
    ) {
        self.group = group
        self.timeLimit = TimeAmount(timeLimit)
    }

    /// Sends a request and returns the body of its response, of at most ``OCSPResponse/maximumSize`` bytes.
    ///
    /// - Throws: What went wrong, as a sentence; at once when the task is cancelled and the connection stands.
    @Sendable public func fetch(_ fetch: RevocationCheckStateMachine.Fetch) async throws -> [UInt8] {
        let url = try ResponderURL(fetch.url)
        let exchange = try await connect(url)
        let overdue = exchange.channel.eventLoop.scheduleTask(in: timeLimit) {
            exchange.channel.close(promise: nil)
        }
        defer {
            overdue.cancel()
            exchange.channel.close(promise: nil)
        }
        exchange.send(fetch.body, to: url)
        return try await withTaskCancellationHandler {
            try await exchange.body.get()
        } onCancel: {
            exchange.channel.close(promise: nil)
        }
    }

    private func connect(_ url: ResponderURL) async throws -> OCSPHTTPExchange {
        do {
            return try await ClientBootstrap(group: group)
                .connectTimeout(timeLimit)
                .connect(host: url.host, port: url.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try OCSPHTTPExchange(channel, url: url) }
                }
        } catch {
            throw ResponderFailure(
                "the responder at \(url.authority) cannot be reached: \(Self.reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return reason(first.error) }
            return "there is no address for its name"
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            return "connection refused"
        case is ChannelError:
            return "it did not answer in time"
        default:
            return "\(error)"
        }
    }
}
