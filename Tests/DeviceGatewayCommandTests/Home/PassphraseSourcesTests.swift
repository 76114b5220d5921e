import Foundation
import Testing

@testable import device_gateway

@Suite("Where a passphrase comes from")
struct PassphraseSourcesTests {
    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test("A file's first line break at the end is not part of it; other octets are")
    func file() async throws {
        try await withTemporaryDirectory { path in
            let file = "\(path)/pass"
            for (text, expected) in [
                ("secret words\n", "secret words"), ("secret words", "secret words"),
                (" a b c d \n\n", " a b c d \n"),
            ] {
                try DurableFile.replace(file, with: text, mode: 0o600)
                let sources = PassphraseSources(file: file)
                #expect(try sources.passphrase(toOpen: "k") == expected)
                #expect(try sources.newPassphrase(for: "k") == expected)
            }
        }
    }

    @Test("Missing, empty, short and open files are refused, and the secret is not repeated")
    func badFiles() async throws {
        try await withTemporaryDirectory { path in
            let file = "\(path)/pass"
            let sources = PassphraseSources(file: file)
            #expect(message { _ = try sources.passphrase(toOpen: "k") }.contains("no passphrase file"))
            try DurableFile.replace(file, with: "\n", mode: 0o600)
            #expect(message { _ = try sources.passphrase(toOpen: "k") }.contains("is empty"))
            try DurableFile.replace(file, with: "seven77", mode: 0o600)
            let short = message { _ = try sources.newPassphrase(for: "k") }
            #expect(short.contains("8 to 1024 bytes") && !short.contains("seven77"))
            try DurableFile.replace(file, with: "long enough", mode: 0o644)
            let open = message { _ = try sources.passphrase(toOpen: "k") }
            #expect(open.contains("chmod 600") && !open.contains("long enough"))
        }
    }

    @Test("A variable that is not set is named")
    func variable() {
        let sources = PassphraseSources(variable: "NO_SUCH_VARIABLE_HERE")
        #expect(message { _ = try sources.passphrase(toOpen: "k") }.contains("NO_SUCH_VARIABLE_HERE"))
    }

    @Test("Without any, it says where one can be named")
    func none() {
        let text = message { _ = try PassphraseSources.none.passphrase(toOpen: "ca-private.key") }
        for word in ["ca-private.key", "--ca-passphrase-file", "ca.passphrase-file", "--ca-passphrase-env"] {
            #expect(text.contains(word))
        }
    }
}
