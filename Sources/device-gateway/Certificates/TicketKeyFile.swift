import GatewayTLS
import Synchronization

/// Ticket keys in a file that several gateways read, and one of them writes.
///
/// It holds up to eight keys of ``TLSTicketSecret/bytes`` one after the other, newest first.
final class TicketKeyFile: Sendable {
    private struct State {
        var written: [TLSTicketSecret] = []
        var stamp: FileStamp?
        var told: String?
    }

    private let path: String
    private let keys: TLSTicketKeys
    private let rotates: Bool
    private let state = Mutex(State())

    init(path: String, keys: TLSTicketKeys, rotates: Bool) {
        self.path = path
        self.keys = keys
        self.rotates = rotates
    }

    /// What the settings ask for.
    static func resumption(
        _ settings: TLSSettings, directory: GatewayDirectory
    ) throws -> (resumption: TLSResumption, file: TicketKeyFile?) {
        switch settings.resumption {
        case .off: return (.off, nil)
        case .cache: return (.cache(TLSSessionCache()), nil)
        case .tickets:
            let keys = try TLSTicketKeys(rotates: settings.rotatesTicketKeys)
            let file = settings.ticketKeysFile.map {
                TicketKeyFile(path: directory.resolve($0), keys: keys, rotates: settings.rotatesTicketKeys)
            }
            return (.tickets(keys), file)
        }
    }

    /// Takes in what another gateway has written; writes what this one has made.
    ///
    /// - Parameter now: Unix seconds.
    /// - Returns: what is wrong, the first time it is.
    func follow(now: Int64) -> String? {
        state.withLock { state in
            do {
                try adopt(&state)
                if rotates { try write(&state, now: now) }
                state.told = nil
                return nil
            } catch {
                let problem = PlainText.oneLine("\(error)")
                defer { state.told = problem }
                return problem == state.told ? nil : problem
            }
        }
    }

    /// Also whoever rotates reads: after a restart the tickets of before still open.
    private func adopt(_ state: inout State) throws {
        let stamp = FileStamp(path)
        if stamp == nil, !rotates {
            throw CommandFailure(
                "\(path), the file of shared ticket keys, is missing; no tickets are issued until it is there."
            )
        }
        guard stamp != state.stamp else { return }
        let size = TLSTicketSecret.size
        guard let bytes = try DurableFile.read(path, limit: 8 * size) else { return }
        let secrets = stride(from: 0, to: bytes.count, by: size).compactMap {
            TLSTicketSecret(bytes: Array(bytes[$0..<min($0 + size, bytes.count)]))
        }
        guard !secrets.isEmpty, secrets.count * size == bytes.count else {
            throw CommandFailure(
                "\(path) is no file of ticket keys; it has to hold 1 to 8 keys of \(size) bytes.")
        }
        keys.adopt(secrets)
        state.written = secrets
        state.stamp = stamp
    }

    private func write(_ state: inout State, now: Int64) throws {
        let secrets = keys.export(now: now)
        guard secrets != state.written else { return }
        try DurableFile.replace(path, with: secrets.flatMap(\.bytes), mode: 0o600)
        state.written = secrets
        state.stamp = FileStamp(path)
    }
}
