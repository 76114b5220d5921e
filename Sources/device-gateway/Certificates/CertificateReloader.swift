import DeviceGateway
import GatewayTLS
import Logging
import ServiceLifecycle
import UnixSignals
import X509Auth

/// Follows the files of the TLS endpoint while the gateway runs, and renews the gateway's own certificate.
actor CertificateReloader: Service {
    private let files: EndpointFiles
    private let paths: [String]
    private let ticketKeys: TicketKeyFile?
    private let interval: Duration
    private let now: @Sendable () -> Int64
    private let apply: @Sendable (TLSEndpoint) throws -> Void
    private let logger: Logger
    private var machine: ReloadStateMachine
    private var renewal: Int64?

    /// - Parameters:
    ///   - files: where the endpoint comes from.
    ///   - stamps: the files as they were before `contents` was read from them.
    ///   - contents: what the gateway was started with.
    ///   - ticketKeys: shared with other gateways, if any.
    ///   - interval: the time between two looks.
    ///   - now: Unix seconds.
    ///   - apply: puts an endpoint in force, or throws and leaves everything as it was.
    init(
        files: EndpointFiles, stamps: ReloadStateMachine.Stamps, contents: EndpointFiles.Contents,
        ticketKeys: TicketKeyFile? = nil, interval: Duration,
        now: @escaping @Sendable () -> Int64 = Timestamp.now, logger: Logger,
        apply: @escaping @Sendable (TLSEndpoint) throws -> Void
    ) {
        self.files = files
        paths = files.paths
        self.ticketKeys = ticketKeys
        self.interval = interval
        self.now = now
        self.logger = logger
        self.apply = apply
        machine = ReloadStateMachine(
            applied: contents.own?.issued == nil ? stamps : Self.stamps(of: files.paths))
        renewal = contents.own?.renewal
    }

    /// The files as they are.
    static func stamps(of paths: [String]) -> ReloadStateMachine.Stamps {
        paths.map { FileStamp($0) }
    }

    /// Looks at the files every so often, and at once on SIGHUP, until the service group shuts down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            let signals = await UnixSignalsSequence(trapping: .sighup)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in signals { await self.look(isAsked: true) }
                }
                group.addTask {
                    while (try? await Task.sleep(for: self.interval)) != nil { await self.look() }
                }
            }
        }
    }

    /// Reads the files if they have changed, if the gateway's own certificate is to be renewed, or if asked.
    func look(isAsked: Bool = false) {
        let now = self.now()
        if let problem = ticketKeys?.follow(now: now) { logger.warning("\(problem)") }
        let stamps = Self.stamps(of: paths)
        let isDue = renewal.map { now >= $0 } ?? false
        guard machine.look(at: stamps, isAsked: isAsked, isDue: isDue, now: now) else { return }
        do {
            let contents = try files.read(now: now, issuesMissing: false)
            try apply(contents.endpoint)
            succeeded(contents, stamps)
        } catch {
            guard machine.failed(with: stamps, isAsked: isAsked, now: now) else { return }
            logger.warning(
                "Certificates can't be read again; those in force stay",
                metadata: ["detail": "\(PlainText.oneLine(Self.sentence(error)))"])
        }
    }

    private func succeeded(_ contents: EndpointFiles.Contents, _ stamps: ReloadStateMachine.Stamps) {
        // Files that the gateway has just written itself are no news at the next look.
        machine.succeeded(with: contents.own?.issued == nil ? stamps : Self.stamps(of: paths))
        renewal = contents.own?.renewal
        if let own = contents.own, let reason = own.issued {
            logger.notice(
                "Issued a new server certificate; devices need nothing new",
                metadata: [
                    "reason": "\(reason.explanation)", "until": "\(Timestamp.text(own.certificate.notAfter))",
                ])
        }
        let presented = contents.endpoint.credentials + contents.endpoint.domains.flatMap(\.credentials)
        logger.notice(
            "Certificates read again; they hold for connections from now on",
            metadata: [
                "certificates":
                    "\(presented.map { "\($0.subject) to \(Timestamp.text($0.notAfter))" }.joined(separator: "; "))"
            ])
        for remark in contents.remarks { logger.warning("\(remark)") }
    }

    private static func sentence(_ error: any Error) -> String {
        (error as? GatewayError)?.message ?? "\(error)"
    }
}
