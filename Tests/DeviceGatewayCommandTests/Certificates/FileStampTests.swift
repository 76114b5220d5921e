import Foundation
import Testing

@testable import device_gateway

@Suite("Stamps of files")
struct FileStampTests {
    @Test("Another file, other contents and other lengths are told apart; the same file is the same")
    func changes() async throws {
        try await withTemporaryDirectory { path in
            let file = path + "/f"
            #expect(FileStamp(file) == nil)
            try DurableFile.replace(file, with: "one", mode: 0o600)
            let first = try #require(FileStamp(file))
            #expect(FileStamp(file) == first)
            // The same size, renamed into place.
            try DurableFile.replace(file, with: "two", mode: 0o600)
            let second = try #require(FileStamp(file))
            #expect(second != first)
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("more".utf8))
            try handle.close()
            #expect(FileStamp(file) != second)
        }
    }

    @Test("A link put elsewhere, in the last place or before it, is a change")
    func links() async throws {
        try await withTemporaryDirectory { path in
            let manager = FileManager.default
            for name in ["a", "b"] {
                try manager.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: false)
                try DurableFile.replace("\(path)/\(name)/tls.crt", with: "same", mode: 0o600)
            }
            // As Kubernetes mounts a secret: tls.crt -> ..data/tls.crt, ..data -> the present directory.
            try manager.createSymbolicLink(atPath: path + "/..data", withDestinationPath: "a")
            try manager.createSymbolicLink(atPath: path + "/tls.crt", withDestinationPath: "..data/tls.crt")
            let first = FileStamp(path + "/tls.crt")
            try manager.createSymbolicLink(atPath: path + "/..new", withDestinationPath: "b")
            #expect(rename(path + "/..new", path + "/..data") == 0)
            #expect(FileStamp(path + "/tls.crt") != first)
        }
    }
}
