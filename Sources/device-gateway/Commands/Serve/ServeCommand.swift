import ArgumentParser
import DeviceGateway
import GatewayTLS
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs a gateway on a directory.",
        discussion: """
            An empty or new directory becomes a working gateway: an authority of its own, a server certificate, a \
            registry, a policy that keeps every device to its own topics, and a commented configuration file. \
            Started again it finds all of it.

              device-gateway serve
              device-gateway serve --directory /var/lib/device-gateway --tls-port 8884
              device-gateway serve --set limits.maximum-connections=5000

            Settings come from flags, then environment variables (DEVICE_GATEWAY_TLS_PORT), then gateway.yaml in \
            the directory. What is to last belongs into gateway.yaml, the aws section above all: the other \
            commands read it while no gateway runs. SIGTERM and SIGINT end it gracefully.

            Certificates, keys and OCSP responses are read again when their files change, and on SIGHUP, without \
            ending a connection; what can't be used is told in the log, and what was in force stays. Other changes of \
            gateway.yaml need a restart.

              device-gateway serve --set tls.pkcs12-files=/etc/gw.p12
              device-gateway serve --set domain.factory.server-names=factory.example.com
            """)

    @OptionGroup var directory: DirectoryOption
    @OptionGroup(title: "Settings") var settings: SettingOptions

    func run() async throws {
        let directory = directory.resolved()
        try directory.prepare()
        let lock = try Self.lock(directory)
        var events = try GatewayHome.completeConfiguration(directory)
        let loader = try SettingsLoader(directory, flags: settings.flags)
        let settings = try loader.load()
        let logger = Self.logger(level: settings.logLevel)
        for name in loader.unknownVariables {
            logger.warning(
                "An environment variable looks like a setting but is none", metadata: ["name": "\(name)"])
        }

        let now = Timestamp.now()
        let (home, opened) = try await GatewayHome.open(
            directory, lock: lock, scope: settings.scope, passphrases: settings.authority.passphrases,
            now: now)
        events += opened
        events += try await home.adoptScope(settings.scope)
        logger.info("TLS library", metadata: ["version": "\(TLSLibrary.version)"])
        var files = EndpointFiles(
            settings: settings, directory: directory, managed: home.managed, names: .current(),
            environment: loader.environment)
        let (resumption, ticketKeys) = try TicketKeyFile.resumption(settings.tls, directory: directory)
        files.resumption = resumption
        files.keyLog = try Self.keyLog(settings.tls, directory, logger)
        if let problem = ticketKeys?.follow(now: now) { logger.warning("\(problem)") }
        let stamps = CertificateReloader.stamps(of: files.paths)
        let contents = try files.read(now: now, issuesMissing: true)
        for remark in contents.remarks { logger.warning("\(remark)") }

        if !settings.plaintext.isEnabled, !settings.plaintext.anonymousPolicies.isEmpty {
            Terminal.note(
                "Warning: plaintext.anonymous-policies has no effect: there is no port without TLS. Open it with "
                    + "--plaintext-enabled, or with plaintext.enabled in gateway.yaml.")
        }
        for name in settings.plaintext.isEnabled ? settings.plaintext.anonymousPolicies : []
        where home.registry.policy(name) == nil {
            Terminal.note(
                "Warning: plaintext.anonymous-policies names \(name), which doesn't exist; until it is put, everybody "
                    + "on the port without TLS is refused.")
        }

        var configuration = settings.configuration(tls: contents.endpoint)
        configuration.limits.maximumConnections = DescriptorLimit.connections(
            wanted: configuration.limits.maximumConnections, descriptors: DescriptorLimit.raise(),
            logger: logger)
        let gateway = Gateway(configuration: configuration, registry: home.registry, logger: logger)
        let port = BoundPort(settings.tls.port)
        let operatorServer: OperatorServer
        do {
            operatorServer = try await OperatorServer.listen(
                at: directory.socket,
                answeringWith: home.gatewayOperator(
                    tlsPort: { port.value }, sessionsEnded: { await gateway.sessionsEnded(by: $0) }),
                logger: logger)
        } catch {
            throw CommandFailure(error)
        }
        let greeting = Greeting(directory: directory, events: events, server: contents.own)
        let reloader = CertificateReloader(
            files: files, stamps: stamps, contents: contents, ticketKeys: ticketKeys,
            interval: settings.tls.reloadInterval, logger: logger
        ) { try gateway.reloadTLS($0) }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: operatorServer),
                    .init(
                        service: ListeningGateway(gateway: gateway) { addresses in
                            port.value = addresses.tls?.port
                            Terminal.print(greeting.text(tls: addresses.tls, plaintext: addresses.plaintext))
                        }),
                    .init(service: reloader),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Self.logger(level: max(settings.logLevel, .warning))))
        do {
            try await group.run()
        } catch let error as GatewayError {
            throw CommandFailure(Self.explain(error))
        }
        home.close()
    }

    private static func keyLog(
        _ settings: TLSSettings, _ directory: GatewayDirectory, _ logger: Logger
    ) throws -> TLSKeyLog? {
        guard let file = settings.dangerouslyLogKeysFile else { return nil }
        do {
            let keyLog = try TLSKeyLog.dangerouslyLogKeys(to: directory.resolve(file))
            logger.warning(
                "The secrets of every TLS connection are written to a file; whoever reads it can read all traffic",
                metadata: ["file": "\(keyLog.path)"])
            return keyLog
        } catch {
            throw CommandFailure("tls.dangerously-log-keys-file: \(PlainText.sentence(error.message))")
        }
    }

    private static func lock(_ directory: GatewayDirectory) throws -> DirectoryLock {
        do {
            return try DirectoryLock.acquire(directory.lock)
        } catch let held as DirectoryLock.Held {
            throw CommandFailure(
                "A gateway runs on \(directory.path) already, as \(held.holder). Stop it first"
                    + (held.processID.map { " (kill \($0))" } ?? "")
                    + ", or name another directory with --directory.")
        }
    }

    private static func logger(level: Logger.Level) -> Logger {
        var logger = Logger(label: "device-gateway", factory: { _ in ReadableLogHandler() })
        logger.logLevel = level
        return logger
    }

    /// The error with the names of the flags and settings that are behind it.
    static func explain(_ error: GatewayError) -> String {
        let message = PlainText.sentence(error.message)
        switch error.code {
        case .addressInUse:
            return message
                + " Ports are set by --tls-port and --plaintext-port, or by tls.port and plaintext.port in "
                + "gateway.yaml."
        case .cannotListen:
            return message
                + " The addresses are set by --tls-host and --plaintext-host, or by tls.host and plaintext.host in "
                + "gateway.yaml; each has to be an address of this machine, 0.0.0.0 or :: for all of them."
        case .invalidConfiguration where error.message.contains("beyond-loopback"):
            return message
                + " The flag is --plaintext-dangerously-allow-beyond-loopback, the setting in gateway.yaml "
                + "plaintext.dangerously-allow-beyond-loopback."
        default:
            return message
        }
    }
}

/// The port that the gateway has bound; until it has, the one that it is going to bind, if that is known.
private final class BoundPort: Sendable {
    private let port: Mutex<Int?>

    init(_ configured: Int) {
        port = Mutex(configured == 0 ? nil : configured)
    }

    var value: Int? {
        get { port.withLock { $0 } }
        set { port.withLock { $0 = newValue } }
    }
}
