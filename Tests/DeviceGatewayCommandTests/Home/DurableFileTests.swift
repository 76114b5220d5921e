import Foundation
import Testing

@testable import device_gateway

@Suite("Files written whole")
struct DurableFileTests {
    @Test("Replacing leaves the new contents, the mode asked for, and nothing else")
    func replace() async throws {
        try await withTemporaryDirectory { path in
            let file = path + "/file"
            try DurableFile.replace(file, with: "one", mode: 0o600)
            try DurableFile.replace(file, with: "two", mode: 0o600)
            #expect(try DurableFile.readText(file, limit: 10) == "two")
            #expect(try mode(of: file) == 0o600)
            #expect(try entries(in: path) == ["file"])
        }
    }

    @Test("A new file never takes the place of another, nor follows a link")
    func exclusive() async throws {
        try await withTemporaryDirectory { path in
            let file = path + "/file"
            try DurableFile.write("one", toNew: file, mode: 0o600)
            #expect(throws: SystemFailure.self) { try DurableFile.write("two", toNew: file, mode: 0o600) }
            #expect(try DurableFile.readText(file, limit: 10) == "one")
            try FileManager.default.createSymbolicLink(
                atPath: path + "/link", withDestinationPath: path + "/target")
            #expect(throws: SystemFailure.self) {
                try DurableFile.write("x", toNew: path + "/link", mode: 0o600)
            }
            #expect(DurableFile.exists(path + "/link"))
            #expect(!DurableFile.exists(path + "/target"))
        }
    }

    @Test("What is not there is nil; what is too long or no text is refused")
    func reading() async throws {
        try await withTemporaryDirectory { path in
            #expect(try DurableFile.read(path + "/none", limit: 10) == nil)
            try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: path + "/binary"))
            #expect(throws: CommandFailure.self) { try DurableFile.readText(path + "/binary", limit: 10) }
            try Data(count: 11).write(to: URL(fileURLWithPath: path + "/long"))
            #expect(throws: CommandFailure.self) { try DurableFile.read(path + "/long", limit: 10) }
            #expect(try DurableFile.read(path + "/long", limit: 11)?.count == 11)
        }
    }
}
