import Foundation
import GatewayTLS
import Testing

@testable import device_gateway

@Suite("A file of shared ticket keys")
struct TicketKeyFileTests {
    private static let now: Int64 = 1_800_000_000

    private func gateway(_ path: String, rotates: Bool) throws -> (TicketKeyFile, TLSTicketKeys) {
        let keys = try TLSTicketKeys(rotates: rotates)
        return (TicketKeyFile(path: path + "/keys", keys: keys, rotates: rotates), keys)
    }

    @Test("One gateway writes it, closed to others; the rest take in what it makes, for a month of rotations")
    func sharing() async throws {
        try await withTemporaryDirectory { path in
            let (writer, made) = try gateway(path, rotates: true)
            let (reader, taken) = try gateway(path, rotates: false)
            #expect(writer.follow(now: Self.now) == nil)
            #expect(try mode(of: path + "/keys") == 0o600)
            var seen = Set<TLSTicketSecret>()
            for hour in 0..<Int64(30 * 24) {
                let now = Self.now + hour * 3_600
                #expect(writer.follow(now: now) == nil)
                #expect(reader.follow(now: now) == nil)
                #expect(taken.export(now: now) == made.export(now: now))
                seen.formUnion(made.export(now: now))
            }
            #expect(seen.count == 60)
        }
    }

    @Test("After a restart the keys of before are there")
    func restart() async throws {
        try await withTemporaryDirectory { path in
            let (first, keys) = try gateway(path, rotates: true)
            #expect(first.follow(now: Self.now) == nil)
            let (second, again) = try gateway(path, rotates: true)
            #expect(second.follow(now: Self.now + 1) == nil)
            #expect(again.export(now: Self.now + 1) == keys.export(now: Self.now + 1))
        }
    }

    @Test("What is wrong is told once for as long as it stays so")
    func faults() async throws {
        try await withTemporaryDirectory { path in
            let (reader, _) = try gateway(path, rotates: false)
            #expect(reader.follow(now: Self.now)?.contains("is missing") == true)
            #expect(reader.follow(now: Self.now) == nil)
            try DurableFile.replace(path + "/keys", with: "nonsense", mode: 0o600)
            #expect(reader.follow(now: Self.now)?.contains("is no file of ticket keys") == true)
            #expect(reader.follow(now: Self.now) == nil)
            let (writer, _) = try gateway(path, rotates: true)
            #expect(writer.follow(now: Self.now)?.contains("is no file of ticket keys") == true)
            try FileManager.default.removeItem(atPath: path + "/keys")
            #expect(writer.follow(now: Self.now) == nil)
            #expect(reader.follow(now: Self.now) == nil)
        }
    }
}
