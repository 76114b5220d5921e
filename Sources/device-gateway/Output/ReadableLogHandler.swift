import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes log messages as lines for people, which programs can still take apart.
struct ReadableLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info
    /// Takes a line, without its end.
    let write: @Sendable (String) -> Void

    init(write: @escaping @Sendable (String) -> Void = Terminal.note) {
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let metadataProvider { fields.merge(metadataProvider.get()) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        write(
            LogLine.text(
                time: Date(), level: event.level, message: event.message.description,
                fields: fields.mapValues(\.description)))
    }
}
