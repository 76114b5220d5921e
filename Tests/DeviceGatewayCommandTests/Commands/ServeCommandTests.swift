import Foundation
import Testing

@Suite("The command as a process", .timeLimit(.minutes(2)))
struct ServeCommandTests {
    @Test("An empty directory becomes a gateway that serves commands, is alone, and stops when asked")
    func life() async throws {
        try await withTemporaryDirectory { path in
            let serve = ["serve", "--tls-host", "127.0.0.1", "--tls-port", "0"]
            let gateway = try CommandProcess(serve, in: path)
            defer { gateway.terminate() }
            let greeting = try await gateway.output(until: "device add device1")
            #expect(greeting.contains("Created a gateway in ./gateway"))
            let port = try #require(greeting.firstMatch(of: /devices on 127\.0\.0\.1:(\d+)/)?.1)

            let added = try CommandProcess.run(["device", "add", "device1", "--output", "my kit"], in: path)
            #expect(added.status == 0 && added.output.contains("'my kit/device1.private.key'"))
            #expect(added.output.contains("-p \(port) "))
            #expect(try mode(of: path + "/my kit/device1.private.key") == 0o600)

            let second = try CommandProcess.run(serve, in: path)
            #expect(second.status == 1)
            #expect(second.errors.contains("as process \(gateway.identifier)"))

            gateway.terminate()
            #expect(gateway.wait().status == 0)
            #expect(!FileManager.default.fileExists(atPath: path + "/gateway/control.sock"))

            let listed = try CommandProcess.run(["device", "list"], in: path)
            #expect(listed.status == 0 && listed.output.hasPrefix("device1\tACTIVE\t2049-12-31T23:59:59Z\t"))
        }
    }

    @Test(
        "A port in use and a mistaken setting end it with status 1 and say what to do; usage errors with 64")
    func failures() async throws {
        try await withTemporaryDirectory { path in
            let first = try CommandProcess(
                [
                    "serve", "-d", "one", "--tls-host", "127.0.0.1", "--tls-port", "0",
                    "--plaintext-anonymous-policy", "p",
                ], in: path)
            defer { first.terminate() }
            let greeting = try await first.output(until: "(MQTT over TLS)")
            let port = try #require(greeting.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)

            #expect(first.errors.contains("plaintext.anonymous-policies has no effect"))

            let taken = try CommandProcess.run(
                ["serve", "-d", "two", "--tls-host", "127.0.0.1", "--tls-port", String(port)], in: path)
            #expect(taken.status == 1)
            #expect(taken.errors.contains("in use") && taken.errors.contains("--tls-port"))

            let mistaken = try CommandProcess.run(["serve", "-d", "two", "--tls-port", "x"], in: path)
            #expect(mistaken.status == 1 && mistaken.errors.contains("allowed is a port"))
            #expect(try CommandProcess.run(["serve", "--no-such-flag"], in: path).status == 64)

            let open = try CommandProcess.run(
                [
                    "serve", "-d", "two", "--plaintext-enabled", "--plaintext-host", "0.0.0.0", "--tls-port",
                    "0",
                ],
                in: path)
            #expect(open.status == 1)
            #expect(open.errors.contains("--plaintext-dangerously-allow-beyond-loopback"))
            let nowhere = try CommandProcess.run(["serve", "-d", "two", "--tls-host", "192.0.2.1"], in: path)
            #expect(nowhere.status == 1 && nowhere.errors.contains("--tls-host"))
        }
    }

    @Test("More output than a pipe holds doesn't stop a command")
    func muchOutput() async throws {
        try await withTemporaryDirectory { path in
            let line =
                "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done"
            let result = try CommandProcess.shell(line, in: path)
            #expect(result.status == 0 && result.errors.utf8.count == 3_000 * 41)
        }
    }
}
