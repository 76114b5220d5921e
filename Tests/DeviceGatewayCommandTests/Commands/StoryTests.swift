import Foundation
import Testing
import X509Auth

/// What an operator does in a device's life, with the command and an unmodified client.
@Suite(
    "The commands, end to end", .timeLimit(.minutes(3)),
    .enabled(
        if: MosquittoClients.canRun,
        "mosquitto_pub and mosquitto_sub are not installed (package mosquitto-clients): NOT TESTED end to end"
    ))
struct StoryTests {
    private static let serve = ["serve", "--tls-host", "127.0.0.1", "--tls-port", "0"]

    /// A command that has to succeed; returns what it printed.
    private func command(_ arguments: String..., in path: String) throws -> String {
        let result = try CommandProcess.run(arguments, in: path)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result.output
    }

    /// The line of an explanation that starts with a program's name.
    private func line(_ program: String, of explanation: String) throws -> String {
        let line = explanation.split(separator: "\n").first { $0.hasPrefix("  \(program) ") }
        return String(try #require(line).dropFirst(2))
    }

    @Test("A device is added, shut out and let in again; what was set up outlives a crash")
    func story() async throws {
        try await withTemporaryDirectory { path in
            let gateway = try CommandProcess(Self.serve, in: path)
            defer { gateway.terminate() }
            let greeting = try await gateway.output(until: "device add device1")
            let port = try #require(greeting.firstMatch(of: /devices on 127\.0\.0\.1:(\d+)/)?.1)

            // The lines that `device add` prints work as they are pasted.
            let explanation = try command("device", "add", "device1", "--output", "my kit", in: path)
            let publish = try line("mosquitto_pub", of: explanation)
            let subscribe = try line("mosquitto_sub", of: explanation)
            #expect(publish.contains(" -p \(port) ") && subscribe.contains(" -p \(port) "))
            #expect(try CommandProcess.shell(publish, in: path).status == 0)
            let received = try CommandProcess.shell(subscribe + " -C 1 -W 20", in: path)
            #expect(received.output == "devices/device1/status hello\n")

            // Deactivated it is refused, and the log says why; activated it is back.
            #expect(
                try command("certificate", "deactivate", "--thing", "device1", in: path).contains("INACTIVE"))
            #expect(try CommandProcess.shell(publish, in: path).status != 0)
            let refusal = try await gateway.errors(until: "INACTIVE")
            #expect(refusal.contains(/\dZ info refused .*: .*INACTIVE.* reason="/))
            _ = try command("certificate", "activate", "--thing", "device1", in: path)
            #expect(try CommandProcess.shell(publish, in: path).status == 0)

            // A policy takes effect when it is attached.
            try Data(Self.sharedPolicy.utf8).write(to: URL(fileURLWithPath: path + "/shared.json"))
            _ = try command("policy", "put", "shared", "shared.json", in: path)
            let shared = publish.replacing("devices/device1/status", with: "shared/note")
            _ = try CommandProcess.shell(shared, in: path)
            let denial = try await gateway.errors(until: "denied device1: ")
            #expect(denial.contains(/denied device1: .*iot:Publish.* action="/))
            let attached = try command("policy", "attach", "shared", "--thing", "device1", in: path)
            #expect(attached.contains("shared"))
            #expect(try CommandProcess.shell(shared, in: path).status == 0)
            let note = try CommandProcess.shell(
                subscribe.replacing("'devices/device1/#'", with: "shared/note") + " -C 1 -W 20", in: path)
            #expect(note.output == "shared/note hello\n")

            // A device of a registered authority is admitted on first sight.
            let factory = try factoryDevice(in: path)
            let registered = try command(
                "ca", "register", "factory.pem", "--without-proof", "--auto-register", "--policy",
                "device-least-privilege",
                in: path)
            #expect(registered.contains("intermediate"))
            let first = try CommandProcess.shell(
                "mosquitto_pub --cafile 'my kit/root-CA.crt' --cert \(factory).pem --key \(factory).key -h localhost "
                    + "-p \(port) -i \(factory) -t devices/\(factory)/status -m hello -q 1", in: path)
            #expect(first.status == 0, "\(first.errors)")

            gateway.kill()
            let devices = try command("device", "list", in: path).split(separator: "\n")
                .map { $0.split(separator: "\t") }
            #expect(devices.map { $0[0] } == ["device1", "factory-1"])
            #expect(devices.allSatisfy { $0[1] == "ACTIVE" })
            #expect(devices.first?.last == "device-least-privilege,shared")
            let again = try CommandProcess(Self.serve + ["--aws-region", "eu-west-1"], in: path)
            defer { again.terminate() }
            let second = try await again.output(until: "Listening")
            #expect(second.contains("Listening for devices on 127.0.0.1:"), "\(again.errors)")
            #expect(second.contains("Keep partition, region and account in gateway.yaml"))
        }
    }

    /// Puts an authority's certificate and a device's files into the directory; returns the device's name.
    private func factoryDevice(in path: String) throws -> String {
        let now = Int64(Date().timeIntervalSince1970)
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Factory", organization: nil, notBefore: now - 60, notAfter: now + 86_400)
        let device = try authority.issueDevice(
            subject: .init(commonName: "factory-1"), notBefore: now - 60, notAfter: now + 3_600, key: .p256)
        for (name, text) in [
            ("factory.pem", authority.certificate.pem), ("factory-1.pem", device.certificatePEM),
            ("factory-1.key", device.privateKeyPEM),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
        return "factory-1"
    }

    private static let sharedPolicy = """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": ["iot:Publish", "iot:RetainPublish", "iot:Receive"],
              "Resource": "arn:aws:iot:us-east-1:123456789012:topic/shared/*"
            },
            {
              "Effect": "Allow",
              "Action": "iot:Subscribe",
              "Resource": "arn:aws:iot:us-east-1:123456789012:topicfilter/shared/*"
            }
          ]
        }
        """
}
