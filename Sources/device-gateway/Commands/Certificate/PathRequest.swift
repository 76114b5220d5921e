#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import X509Auth

/// One line of `certificate verify --json`: what to verify, and how.
struct PathRequest: Decodable {
    var id: RequestID?
    var purpose: String?
    var trusted: [String]?
    var intermediates: [String]?
    var leaf: String
    var time: String?
    var maxDepth: Int?
    var crls: [String]?
    var email: [String]?

    enum CodingKeys: String, CodingKey {
        case id, purpose, trusted, intermediates, leaf, time, crls, email
        case maxDepth = "max_depth"
    }

    /// Verifies, and says to what end; throws what is wrong with the request itself.
    ///
    /// - Parameter now: Unix seconds, where the request names no time.
    func verify(now: Int64) throws -> [X509Certificate] {
        var validator = CertificatePathValidator()
        validator.purpose = try Self.purpose(purpose)
        if let maxDepth {
            guard maxDepth >= 0 else {
                throw CommandFailure("max_depth is \(maxDepth); it counts intermediates")
            }
            validator.maximumIntermediates = maxDepth
        }
        validator.emailAddresses = email ?? []
        validator.revocationLists = try (crls ?? []).map { try CertificateRevocationList(pem: $0) }
        let time = try self.time.map { text in
            guard let seconds = RFC3339.seconds(text) else {
                throw CommandFailure("time is no RFC 3339 time, such as 2030-01-01T00:00:00Z")
            }
            return seconds
        }
        let leaf = try X509Certificate(pem: leaf)
        do throws(CertificatePathFailure) {
            return try validator.path(
                of: leaf, trusted: Self.usable(trusted), intermediates: Self.usable(intermediates),
                now: time ?? now)
        } catch {
            // What could not be read may have been the missing link.
            guard error.code == .untrusted, let fault = Self.firstFault(trusted) else { throw error }
            throw CommandFailure("\(error); \(fault)")
        }
    }

    private static func usable(_ texts: [String]?) -> [X509Certificate] {
        (texts ?? []).flatMap { (try? X509Certificate.certificates(pem: $0)) ?? [] }
    }

    private static func firstFault(_ texts: [String]?) -> String? {
        for text in texts ?? [] {
            do {
                _ = try X509Certificate.certificates(pem: text)
            } catch {
                return "a trusted certificate is unusable: \(error.message)"
            }
        }
        return nil
    }

    private static func purpose(_ name: String?) throws -> CertificatePurpose {
        switch name?.lowercased().filter({ $0.isLetter || $0.isNumber }) {
        case nil, "client", "clientauth", "sslclient", "tlsclient": .tlsClient
        case "server", "serverauth", "sslserver", "tlsserver": .tlsServer
        case "any", "": .any
        default: throw CommandFailure("purpose is none of clientAuth, serverAuth and any")
        }
    }
}

/// A request's id, given back as it came.
enum RequestID: Codable, Equatable {
    case text(String)
    case number(Int)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        }
    }
}

/// The answer to one line.
struct PathAnswer: Encodable, Equatable {
    enum Verdict: String, Encodable {
        case success = "SUCCESS"
        case failure = "FAILURE"
    }

    var id: RequestID?
    var verdict: Verdict
    var reason: String

    /// Answers any line at all.
    init(line: [UInt8], number: Int, now: Int64) {
        let data = Data(line)
        let decoder = JSONDecoder()
        do {
            let request = try decoder.decode(PathRequest.self, from: data)
            id = request.id
            do {
                let path = try request.verify(now: now)
                verdict = .success
                reason = "verified: " + path.reversed().map(Self.name).joined(separator: " <- ")
            } catch {
                verdict = .failure
                reason = "\(error)"
            }
        } catch {
            id = (try? decoder.decode(Identified.self, from: data))?.id
            verdict = .failure
            reason = "line \(number): \(Self.text(error))"
        }
    }

    init(tooLong number: Int, limit: Int) {
        verdict = .failure
        reason = "line \(number): longer than \(limit) bytes"
    }

    private enum CodingKeys: String, CodingKey {
        case id, verdict, reason
    }

    /// An id that was not given is null.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(reason, forKey: .reason)
    }

    /// On one line.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text and numbers always encode.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
            ?? #"{"id":null,"verdict":"FAILURE","reason":"internal error"}"#
    }

    private struct Identified: Decodable {
        var id: RequestID?
    }

    private static func name(_ certificate: X509Certificate) -> String {
        certificate.subject.isEmpty ? certificate.id.string : certificate.subject.description
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "the member \(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            context.codingPath.first.map { "the member \($0.stringValue) is of the wrong type" }
                ?? "not a JSON object"
        default: "not a JSON object"
        }
    }
}
