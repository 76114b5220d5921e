import Testing

@testable import DeviceGateway

@Suite("Operator protocol")
struct OperatorProtocolTests {
    private func failure(_ line: String) -> OperatorError? {
        do throws(OperatorError) {
            _ = try OperatorProtocol.decodeCommand(Array(line.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "Every command survives the wire",
        arguments: [
            OperatorCommand.addDevice(name: "d", policies: ["p"]),
            .listDevices(after: nil, limit: nil),
            .listDevices(after: "d", limit: 5),
            .showDevice(name: "d"),
            .createCertificate(thing: "d", policies: []),
            .listCertificates(after: "a", limit: nil),
            .showCertificate(.id("abcdef")),
            .setCertificateStatus(.thing("d"), status: "REVOKED"),
            .putPolicy(name: "p", document: "{\n}\u{2028}"),
            .listPolicies(after: nil, limit: 1),
            .showPolicy(name: "p"),
            .attachPolicy(name: "p", to: .thing("d")),
            .detachPolicy(name: "p", from: .id("abcdef")),
            .registerAuthority(.init(pem: "x", firstSight: .commonName, policies: ["p"])),
            .setAuthority(id: "abcdef", isActive: false),
            .listAuthorities(after: nil, limit: nil),
            .listManagedAuthorities,
            .registerCertificate(
                .init(pem: "x", authority: "abcdef", sniOnly: true, thing: "d", exclusive: true)),
            .removeCertificate(.id("abcdef"), detach: true),
            .registerAuthority(
                .init(
                    pem: "x", verificationPEM: "y", firstSight: .template, template: "{}",
                    revocationMode: "hard")),
            .setRevocationMode(id: "abcdef", mode: "soft"), .removeAuthority(id: "abcdef"),
            .showRegistrationCode, .loadRevocationList(path: "/x", force: true), .listTrustVersions,
            .rollBackTrust(version: 7),
            .preview(.setCertificateStatus(.id("abcdef"), status: "REVOKED")),
            .ifUnchanged(.rollBackTrust(version: 7), since: 9),
        ])
    func roundTrip(_ command: OperatorCommand) throws {
        let line = try OperatorProtocol.encode(command)
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try OperatorProtocol.decodeCommand(line) == command)
    }

    @Test("The wire form is the documented one")
    func wireForm() throws {
        let line = try OperatorProtocol.encode(.showDevice(name: "device1"))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"command":{"show-device":{"name":"device1"}},"version":1}"#)
        #expect(
            try OperatorProtocol.decodeCommand(
                Array(
                    #"{"version":1,"command":{"set-certificate-status":{"certificate":{"thing":"d"},"status":"INACTIVE"}}}"#
                        .utf8)) == .setCertificateStatus(.thing("d"), status: "INACTIVE"))
    }

    @Test("Another version is named, whatever its commands look like")
    func otherVersion() throws {
        let error = try #require(failure(#"{"version":2,"command":"anything"}"#))
        #expect(error.code == .unsupportedVersion)
        #expect(error.message.contains("version 2"))
    }

    @Test("An unknown command is named, and the known ones listed")
    func unknownCommand() throws {
        let error = try #require(failure(#"{"version":1,"command":{"reboot":{}}}"#))
        #expect(error.code == .unknownCommand)
        #expect(error.message.contains("reboot"))
        #expect(error.message.contains("add-device"))
    }

    @Test(
        "What is no request is refused as such",
        arguments: [
            "", "{", "[]", "null", "\u{0}", #"{"version":1}"#, #"{"command":{}}"#,
            #"{"version":"1","command":{}}"#,
            #"{"version":1,"command":{}}"#, #"{"version":1,"command":{"show-device":{}}}"#,
            #"{"version":1,"command":{"show-device":{"name":5}}}"#,
            #"{"version":1,"command":{"show-device":{"name":"a"},"list-devices":{}}}"#,
        ])
    func malformed(_ line: String) throws {
        #expect(try #require(failure(line)).code == .malformedRequest)
    }

    @Test("A missing argument is named")
    func missingArgument() throws {
        let error = try #require(failure(#"{"version":1,"command":{"show-device":{}}}"#))
        #expect(error.message.contains("“name” is missing"))
    }

    @Test("Errors survive the wire with place and hint")
    func errorRoundTrip() {
        let error = OperatorError(.malformedPolicy, "No.", line: 3, column: 7, hint: "Yes.")
        #expect(throws: error) { try OperatorProtocol.decodeReply(OperatorProtocol.encode(.failure(error))) }
    }

    @Test("A reply over the limit is replaced by an error")
    func replyTooLong() throws {
        let name = String(repeating: "x", count: OperatorProtocol.maximumReplyLength)
        let device = DeviceSummary(name: name, typeName: nil, attributes: [:], certificates: [])
        let line = OperatorProtocol.encode(.success(.device(device)))
        #expect(line.count < 1_000)
        #expect {
            try OperatorProtocol.decodeReply(line)
        } throws: {
            ($0 as? OperatorError)?.code == .replyTooLong
        }
    }

    @Test("A request over the limit is not sent")
    func requestTooLong() {
        let document = String(repeating: "x", count: OperatorProtocol.maximumRequestLength)
        #expect {
            try OperatorProtocol.encode(.putPolicy(name: "p", document: document))
        } throws: {
            ($0 as? OperatorError)?.code == .requestTooLong
        }
    }
}
