import DeviceGateway
import Foundation
import Testing

@testable import device_gateway

@Suite("A device's files")
struct ConnectionKitTests {
    private func credential(_ thing: String, root: String = "ROOT") throws -> DeviceCredential {
        let json: [String: Any] = [
            "thing": thing, "certificateID": String(repeating: "a", count: 64),
            "certificatePEM": "CERTIFICATE",
            "privateKeyPEM": "KEY", "rootCertificatePEM": root, "policies": ["p"], "notAfter": 2_524_607_999,
        ]
        return try JSONDecoder().decode(
            DeviceCredential.self, from: try JSONSerialization.data(withJSONObject: json))
    }

    @Test("They have AWS's names, and the key is the owner's alone")
    func files() async throws {
        try await withTemporaryDirectory { path in
            let kit = ConnectionKit(thing: "device1", directory: path + "/new")
            try kit.checkFree(root: "ROOT")
            try kit.write(try credential("device1"))
            #expect(
                try entries(in: path + "/new") == ["device1.cert.pem", "device1.private.key", "root-CA.crt"])
            #expect(try mode(of: kit.keyPath) == 0o600)
            #expect(try DurableFile.readText(kit.keyPath, limit: 10) == "KEY")
            #expect(try DurableFile.readText(kit.certificatePath, limit: 100) == "CERTIFICATE")
        }
    }

    @Test("A second device shares the first one's root certificate")
    func secondDevice() async throws {
        try await withTemporaryDirectory { path in
            try ConnectionKit(thing: "device1", directory: path).write(try credential("device1"))
            let kit = ConnectionKit(thing: "device2", directory: path)
            try kit.checkFree(root: "ROOT")
            try kit.write(try credential("device2"))
            #expect(try entries(in: path).count == 5)
        }
    }

    @Test("What is there is never overwritten, and nothing is left half written")
    func neverOverwritten() async throws {
        try await withTemporaryDirectory { path in
            let kit = ConnectionKit(thing: "device1", directory: path)
            try DurableFile.write("old", toNew: kit.certificatePath, mode: 0o644)
            #expect {
                try kit.checkFree(root: "ROOT")
            } throws: {
                "\($0)".contains("device1.cert.pem exists and is not overwritten")
            }
            // Even when the file appeared after the check.
            #expect(throws: SystemFailure.self) { try kit.write(try credential("device1")) }
            #expect(try entries(in: path) == ["device1.cert.pem"])
            #expect(try DurableFile.readText(kit.certificatePath, limit: 10) == "old")
        }
    }

    @Test("Another gateway's root certificate is not overwritten")
    func otherRoot() async throws {
        try await withTemporaryDirectory { path in
            let kit = ConnectionKit(thing: "device1", directory: path)
            try DurableFile.write("OTHER", toNew: kit.rootPath, mode: 0o644)
            #expect {
                try kit.checkFree(root: "ROOT")
            } throws: {
                "\($0)".contains("belongs to another gateway")
            }
            #expect(throws: SystemFailure.self) { try kit.write(try credential("device1")) }
            #expect(try entries(in: path) == ["root-CA.crt"])
        }
    }

    @Test("A name can't lead out of the directory", arguments: ["../x", "a/b", "", ".", ".hidden"])
    func badName(_ name: String) async throws {
        try await withTemporaryDirectory { path in
            #expect(throws: CommandFailure.self) {
                try ConnectionKit(thing: name, directory: path).checkFree(root: nil)
            }
            let found = try entries(in: path)
            #expect(found.isEmpty)
        }
    }

    @Test("The commands printed are ready for a shell")
    func explanation() throws {
        let kit = ConnectionKit(thing: "device1", directory: "my dir")
        let text = kit.explanation(of: try credential("device1"), host: "gw.example", port: 8884)
        #expect(
            text.contains(
                "mosquitto_pub --cafile 'my dir/root-CA.crt' --cert 'my dir/device1.cert.pem' "
                    + "--key 'my dir/device1.private.key' -h gw.example -p 8884 -i device1 "
                    + "-t devices/device1/status -m hello"))
        #expect(text.contains("mosquitto_sub") && text.contains("-t 'devices/device1/#'"))
        #expect(!text.contains("KEY"))
    }

    @Test("In the current directory the paths are bare names")
    func here() {
        #expect(ConnectionKit(thing: "d", directory: ".").keyPath == "d.private.key")
        #expect(ConnectionKit(thing: "d", directory: "/a/").keyPath == "/a/d.private.key")
    }
}
