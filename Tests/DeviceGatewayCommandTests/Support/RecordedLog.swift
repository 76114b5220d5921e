import Logging
import Synchronization

@testable import device_gateway

/// A log kept in memory, as lines.
final class RecordedLog: Sendable {
    private let all = Mutex<[String]>([])

    var logger: Logger {
        var logger = Logger(
            label: "test",
            factory: { _ in ReadableLogHandler { line in self.all.withLock { $0.append(line) } } })
        logger.logLevel = .debug
        return logger
    }

    /// The lines of one level.
    func lines(_ level: Logger.Level) -> [String] {
        all.withLock { $0.filter { $0.contains(" \(level) ") } }
    }
}
