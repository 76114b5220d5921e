import Testing
import X509Auth

@testable import DeviceGateway

@Suite("Operator commands: devices and certificates")
struct GatewayOperatorTests {
    @Test("A device gets a thing, an ACTIVE certificate of the authority, and its policies")
    func addDevice() async throws {
        let fixture = try await OperatorFixture()
        let credential = try await fixture.add("device1")
        let certificate = try X509Certificate(pem: credential.certificatePEM)
        #expect(certificate.subject.commonName == "device1")
        #expect(certificate.issuerDER == fixture.authority.certificate.subjectDER)
        #expect(credential.notAfter == 2_524_607_999)
        #expect(credential.privateKeyPEM.contains("PRIVATE KEY"))
        #expect(credential.rootCertificatePEM == fixture.authority.certificate.pem)

        let record = try #require(fixture.registry.certificate(certificate.id))
        #expect(record.status == .active)
        #expect(record.registeredAt == OperatorFixture.now)
        #expect(fixture.registry.things(attachedTo: record.id).map(\.name) == ["device1"])
        #expect(fixture.registry.policies(attachedTo: record.id).map(\.name) == ["p"])
    }

    @Test("The key is in no description")
    func keyIsNotDescribed() async throws {
        let fixture = try await OperatorFixture()
        let credential = try await fixture.add("device1")
        let secret = credential.privateKeyPEM.split(separator: "\n")[1]
        #expect(!"\(credential)".contains(secret))
        #expect(!"\(OperatorReply.credential(credential))".contains(secret))
        #expect(!String(reflecting: OperatorReply.credential(credential)).contains(secret))
    }

    @Test("A refused device leaves nothing behind")
    func refusedDevice() async throws {
        let fixture = try await OperatorFixture()
        #expect(
            await fixture.failure(.addDevice(name: "bad/name", policies: ["p"]))?.code == .invalidArgument)
        #expect(await fixture.failure(.addDevice(name: "d", policies: ["p", "missing"]))?.code == .notFound)
        #expect(
            await fixture.failure(.createCertificate(thing: "d", policies: ["p"]))?.code == .notFound)
        #expect(fixture.registry.allThings.isEmpty)
        #expect(fixture.registry.allCertificates.isEmpty)
    }

    @Test("A device isn't added twice, and keeps its certificate")
    func twice() async throws {
        let fixture = try await OperatorFixture()
        let credential = try await fixture.add("device1")
        let error = try #require(await fixture.failure(.addDevice(name: "device1", policies: ["p"])))
        #expect(error.code == .alreadyExists)
        #expect(error.message.contains("certificate create --thing device1"))
        #expect(fixture.registry.allCertificates.map(\.id.string) == [credential.certificateID])
    }

    @Test("Of two that add the same device at once, one succeeds")
    func race() async throws {
        let fixture = try await OperatorFixture()
        let failures = await withTaskGroup(of: OperatorError?.self) { group in
            for _ in 0..<8 {
                group.addTask { await fixture.failure(.addDevice(name: "device1", policies: ["p"])) }
            }
            return await group.reduce(into: [OperatorError?]()) { $0.append($1) }
        }
        #expect(failures.count { $0 == nil } == 1)
        #expect(failures.compactMap { $0?.code }.allSatisfy { $0 == .alreadyExists })
        #expect(fixture.registry.allCertificates.count == 1)
    }

    @Test("A certificate is found by six or more digits of its id in either case, and by its thing")
    func selectors() async throws {
        let fixture = try await OperatorFixture()
        let id = try await fixture.add("device1").certificateID
        let selectors: [CertificateSelector] = [
            .id(id), .id(String(id.prefix(6))), .id(id.prefix(10).uppercased()), .thing("device1"),
        ]
        for selector in selectors {
            guard case .certificate(let detail) = try await fixture.run(.showCertificate(selector)) else {
                Issue.record("no certificate")
                continue
            }
            #expect(detail.summary.id == id)
            #expect(detail.subject == "CN=device1")
        }
    }

    @Test(
        "What names no certificate is refused",
        arguments: [
            (CertificateSelector.id("abcde"), OperatorError.Code.invalidArgument),
            (.id("xyzxyz"), .invalidArgument),
            (.id(""), .invalidArgument),
            (.id(String(repeating: "a", count: 65)), .invalidArgument),
            (.id(String(repeating: "0", count: 64)), .notFound),
            (.thing("nobody"), .notFound),
            (CertificateSelector(id: "abcdef", thing: "x"), .invalidArgument),
            (CertificateSelector(id: nil, thing: nil), .invalidArgument),
        ])
    func badSelectors(_ selector: CertificateSelector, _ code: OperatorError.Code) async throws {
        let fixture = try await OperatorFixture()
        try await fixture.add("device1")
        #expect(await fixture.failure(.showCertificate(selector))?.code == code)
    }

    @Test("A thing with two certificates is no answer to which one; both are named")
    func ambiguous() async throws {
        let fixture = try await OperatorFixture()
        let first = try await fixture.add("device1").certificateID
        guard
            case .credential(let second) = try await fixture.run(
                .createCertificate(thing: "device1", policies: ["p"]))
        else { throw OperatorFixture.UnexpectedReply() }
        let error = try #require(
            await fixture.failure(.setCertificateStatus(.thing("device1"), status: "INACTIVE")))
        #expect(error.code == .ambiguous)
        #expect(error.message.contains(first) && error.message.contains(second.certificateID))
        #expect(fixture.registry.allCertificates.allSatisfy { $0.status == .active })
    }

    @Test("Deactivating can be undone, revoking can't")
    func status() async throws {
        let fixture = try await OperatorFixture()
        let id = try await fixture.add("device1").certificateID
        func set(_ status: String) async throws -> String? {
            guard
                case .changed(let changed) = try await fixture.run(
                    .setCertificateStatus(.id(id), status: status))
            else { return nil }
            return changed.first?.status
        }
        #expect(try await set("INACTIVE") == "INACTIVE")
        #expect(try await set("ACTIVE") == "ACTIVE")
        #expect(try await set("REVOKED") == "REVOKED")
        #expect(await fixture.failure(.setCertificateStatus(.id(id), status: "ACTIVE"))?.code == .refused)
        #expect(
            await fixture.failure(.setCertificateStatus(.id(id), status: "active"))?.code == .invalidArgument)
    }

    @Test("A list comes in pages that join up")
    func paging() async throws {
        let fixture = try await OperatorFixture()
        for index in 0..<7 { try await fixture.registry.createThing(ThingRecord(name: "d\(index)")) }
        var names: [String] = []
        var sizes: [Int] = []
        var after: String?
        repeat {
            guard case .devices(let page) = try await fixture.run(.listDevices(after: after, limit: 3)) else {
                throw OperatorFixture.UnexpectedReply()
            }
            names += page.items.map(\.name)
            sizes.append(page.items.count)
            after = page.next
        } while after != nil
        #expect(names == (0..<7).map { "d\($0)" })
        #expect(sizes == [3, 3, 1])
    }

    @Test("A page of heavy items is cut so that it fits a reply")
    func heavyPage() async throws {
        let fixture = try await OperatorFixture()
        let value = String(repeating: "v", count: 800)
        let attributes = Dictionary(uniqueKeysWithValues: (0..<50).map { ("a\($0)", value) })
        for index in 0..<40 {
            try await fixture.registry.createThing(
                ThingRecord(name: "d\(index)", typeName: "t", attributes: attributes))
        }
        let reply = try await fixture.run(.listDevices(after: nil, limit: nil))
        guard case .devices(let page) = reply else { throw OperatorFixture.UnexpectedReply() }
        #expect(page.items.count < 40 && page.next != nil)
        #expect(OperatorProtocol.encode(.success(reply)).count <= OperatorProtocol.maximumReplyLength)
    }
}
