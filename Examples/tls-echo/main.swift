// A TLS port that answers each read with the same bytes: GatewayTLS alone, on SwiftNIO.

import GatewayTLS
import NIOCore
import NIOPosix

let usage = """
    usage: tls-echo --certificate FILE --key FILE [options]

      --certificate FILE, --key FILE   PEM; may be given twice, once for an RSA key and once for an EC key
      --client-certificate MODE        none (default), optional or required
      --client-ca FILE                 PEM of the authorities that issue client certificates;
                                       without it any client certificate is accepted
      --versions RANGE                 1.0 to 1.3, as "1.2-1.3" (default) or "1.2"
      --security-policy NAME           versions and cipher suites of one of AWS IoT Core's policies,
                                       such as IoTSecurityPolicy_TLS12_1_2_2022_10; --versions still
                                       says which of its versions are served
      --alpn NAMES                     application protocols, separated by commas
      --host HOST                      default 127.0.0.1
      --port PORT                      default 8883; 0 takes any free port
      --proxy-from CIDR                address of a proxy that sends the PROXY protocol, such as 10.0.0.0/8;
                                       from there the header is required; may be given several times
    """

/// Prints a line at once, also into a pipe.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

struct UsageError: Error { var message: String }

struct Options {
    var certificates: [String] = []
    var keys: [String] = []
    var mode = TLSClientCertificateMode.none
    var clientAuthorities: String?
    var versions: ClosedRange<TLSVersion>?
    var policy: TLSSecurityPolicy?
    var proxies: [AddressPrefix] = []
    var protocols: [String] = []
    var host = "127.0.0.1"
    var port = 8883

    init(_ arguments: some Sequence<String>) throws {
        var rest = arguments.makeIterator()
        while let flag = rest.next() {
            guard let value = rest.next() else { throw UsageError(message: "\(flag) needs a value") }
            switch flag {
            case "--certificate": certificates.append(value)
            case "--key": keys.append(value)
            case "--client-ca": clientAuthorities = value
            case "--client-certificate":
                switch value {
                case "none": mode = .none
                case "optional": mode = .optional
                case "required": mode = .required
                default: throw UsageError(message: "--client-certificate is none, optional or required")
                }
            case "--versions": versions = try Self.range(value)
            case "--security-policy":
                guard let named = TLSSecurityPolicy(name: value) else {
                    let names = TLSSecurityPolicy.all.map(\.name).joined(separator: ", ")
                    throw UsageError(message: "--security-policy is one of \(names)")
                }
                policy = named
            case "--proxy-from":
                guard let prefix = AddressPrefix(value) else {
                    throw UsageError(message: "--proxy-from is like 10.0.0.0/8, with no bits past the length")
                }
                proxies.append(prefix)
            case "--alpn": protocols = value.split(separator: ",").map(String.init)
            case "--host": host = value
            case "--port":
                guard let number = UInt16(value) else { throw UsageError(message: "--port is 0 to 65535") }
                port = Int(number)
            default: throw UsageError(message: "unknown option \(flag)")
            }
        }
        guard !certificates.isEmpty, certificates.count == keys.count else {
            throw UsageError(message: "each --certificate needs its --key, and there must be at least one")
        }
    }

    private static func range(_ text: String) throws -> ClosedRange<TLSVersion> {
        let ends = text.split(separator: "-").map { name in
            TLSVersion.allCases.first { $0.description == "TLS \(name)" }
        }
        guard let first = ends.first, let last = ends.last, ends.count <= 2, let first, let last,
            first <= last
        else { throw UsageError(message: "--versions is like 1.2-1.3 or 1.2") }
        return first...last
    }
}

/// Echoes. The listener stops reading while the peer does not take what it is sent.
final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.proxied(let header) = event {
            say("proxied: from \(header.source.map { "\($0)" } ?? "the proxy itself")")
        }
        guard case TLSUserEvent.handshakeCompleted(let evidence) = event else { return }
        say(
            "connected: \(evidence.version), \(evidence.cipherSuite), name \(evidence.serverName ?? "none"), "
                + "protocol \(evidence.applicationProtocol ?? "none"), "
                + (evidence.peer == nil ? "no client certificate" : "client certificate accepted"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { say("failed: \(error)") }
}

func serve(_ options: Options) async throws {
    var configuration = TLSServerConfiguration(
        credentials: try zip(options.certificates, options.keys).map {
            try TLSCredential(certificateChainFile: $0, privateKeyFile: $1)
        },
        applicationProtocols: options.protocols, clientCertificate: options.mode)
    if let policy = options.policy { configuration.apply(policy) }
    if let versions = options.versions { configuration.versions = versions }
    if let file = options.clientAuthorities {
        try configuration.trustClientAuthorities(file: file)
    } else if options.mode != .none {
        configuration.verifyClient = { _ in .accept }
    }
    let listener = TLSListener(
        context: try TLSContext(server: configuration),
        proxy: options.proxies.isEmpty ? nil : PROXYProtocol(trustedPeers: options.proxies))
    let channel = try await listener.bind(host: options.host, port: options.port) { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
    }
    if let address = channel.localAddress { say("listening on \(address), \(TLSLibrary.version)") }
    try await channel.closeFuture.get()
}

do {
    try await serve(try Options(CommandLine.arguments.dropFirst()))
} catch let error as UsageError {
    say("tls-echo: \(error.message)\n\n\(usage)")
    exit(2)
} catch {
    say("tls-echo: \(error)")
    exit(1)
}
