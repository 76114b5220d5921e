#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The operator socket's protocol: one JSON object a line, a request up, a reply down.
///
///     {"command":{"show-device":{"name":"device1"}},"version":1}
///     {"reply":{"device":{"value":{"name":"device1",…}}},"version":1}
///     {"error":{"code":"not-found","message":"…"},"version":1}
public enum OperatorProtocol {
    /// The version spoken here.
    public static let version = 1
    /// Bytes in a request line, without its newline.
    public static let maximumRequestLength = 1024 * 1024
    /// Bytes in a reply line, without its newline.
    public static let maximumReplyLength = 4 * 1024 * 1024
    /// Elements in one page of a list; what is asked beyond it is cut down to it.
    public static let maximumPageSize = 1000

    /// The request line for a command, without its newline.
    public static func encode(_ command: OperatorCommand) throws(OperatorError) -> [UInt8] {
        let line = try json(Request(version: version, command: command))
        guard line.count <= maximumRequestLength else { throw .requestTooLong(line.count) }
        return line
    }

    /// The command in a request line.
    public static func decodeCommand(_ line: [UInt8]) throws(OperatorError) -> OperatorCommand {
        guard line.count <= maximumRequestLength else { throw .requestTooLong(line.count) }
        let data = Data(line)
        // Stage by stage, so that the error names the first thing that is wrong.
        let envelope: Envelope = try value(from: data)
        guard envelope.version == version else {
            throw OperatorError(
                .unsupportedVersion,
                "The request has protocol version \(envelope.version); this gateway speaks version \(version). "
                    + "Use the device-gateway command of the gateway's own release.")
        }
        if let name = envelope.command.first(where: { OperatorCommand.CodingKeys(stringValue: $0) == nil }) {
            let known = OperatorCommand.CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")
            throw OperatorError(
                .unknownCommand, "There is no command “\(name.prefix(64))”; there are \(known).")
        }
        let request: Request = try value(from: data)
        return request.command
    }

    /// The reply line for an outcome, without its newline. Never longer than allowed: what would be
    /// is replaced by an error that says so.
    public static func encode(_ outcome: Result<OperatorReply, OperatorError>) -> [UInt8] {
        var reply = Reply(version: version)
        switch outcome {
        case .success(let value): reply.reply = value
        case .failure(let error): reply.error = error
        }
        do {
            let line = try json(reply)
            if line.count <= maximumReplyLength { return line }
            reply = Reply(version: version)
            reply.error = OperatorError(
                .replyTooLong, "The reply would be \(line.count) bytes long; ask for a shorter page.")
            return try json(reply)
        } catch {
            // Strings and integers always encode; should that ever change, the peer still gets an answer.
            return Array(
                #"{"error":{"code":"connection","message":"The reply could not be encoded."},"version":1}"#
                    .utf8)
        }
    }

    /// The outcome in a reply line.
    public static func decodeReply(_ line: [UInt8]) throws(OperatorError) -> OperatorReply {
        let reply: Reply = try value(from: Data(line))
        if let error = reply.error { throw error }
        guard let value = reply.reply else {
            throw OperatorError(.connection, "The gateway's reply holds neither a result nor an error.")
        }
        return value
    }

    private struct Request: Codable {
        var version: Int
        var command: OperatorCommand
    }

    private struct Reply: Codable {
        var version: Int
        var reply: OperatorReply?
        var error: OperatorError?
    }

    /// Only what is needed to say that the rest can't be understood.
    private struct Envelope: Decodable {
        let version: Int
        let command: [String]

        private enum CodingKeys: CodingKey { case version, command }

        private struct AnyKey: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.version = try container.decode(Int.self, forKey: .version)
            self.command =
                version == OperatorProtocol.version
                ? try container.nestedContainer(keyedBy: AnyKey.self, forKey: .command).allKeys.map(
                    \.stringValue)
                : []
        }
    }

    private static func json(_ value: some Encodable) throws(OperatorError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw OperatorError(.invalidArgument, "The command can't be written as JSON: \(error).")
        }
    }

    private static func value<Value: Decodable>(from data: Data) throws(OperatorError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch let error as DecodingError {
            throw OperatorError(
                .malformedRequest, "Not a line of the operator protocol: \(error.explanation)")
        } catch {
            throw OperatorError(.malformedRequest, "Not a line of the operator protocol: \(error).")
        }
    }
}

extension OperatorError {
    static func requestTooLong(_ count: Int) -> OperatorError {
        OperatorError(
            .requestTooLong,
            "The request is longer than \(OperatorProtocol.maximumRequestLength) bytes (at least \(count)).")
    }
}

extension DecodingError {
    /// A sentence without the standard description's clutter.
    fileprivate var explanation: String {
        let (context, missing): (Context, String?) =
            switch self {
            case .keyNotFound(let key, let context): (context, key.stringValue)
            case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
                (context, nil)
            @unknown default: (Context(codingPath: [], debugDescription: "it can't be decoded"), nil)
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        let place = path.isEmpty ? "" : " (at \(path))"
        if let missing { return "“\(missing)” is missing\(place)." }
        return context.debugDescription + place
    }
}
