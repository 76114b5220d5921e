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
        #expect(try #require(credential.privateKeyPEM).contains("PRIVATE KEY"))
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
        let secret = try #require(credential.privateKeyPEM).split(separator: "\n")[1]
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

    /// A device with as many certificates as there are statuses; returns their ids.
    private func device(_ fixture: OperatorFixture, _ statuses: [CertificateStatus]) async throws -> [String]
    {
        var ids = [try await fixture.add("device1").certificateID]
        for _ in statuses.dropFirst() {
            guard
                case .credential(let next) = try await fixture.run(
                    .createCertificate(thing: "device1", policies: ["p"]))
            else { throw OperatorFixture.UnexpectedReply() }
            ids.append(next.certificateID)
        }
        for (id, status) in zip(ids, statuses) where status != .active {
            _ = try await fixture.run(.setCertificateStatus(.id(id), status: status.rawValue))
        }
        return ids
    }

    @Test(
        "Of a thing's certificates the one is meant that the change would alter",
        arguments: [
            ([.revoked, .active], "INACTIVE", 1), ([.inactive, .active], "INACTIVE", 1),
            ([.revoked, .inactive], "ACTIVE", 1), ([.active, .revoked], "REVOKED", 0),
            ([.revoked, .active, .revoked], "REVOKED", 1),
        ] as [([CertificateStatus], String, Int)])
    func meantByChange(_ statuses: [CertificateStatus], _ wanted: String, _ index: Int) async throws {
        let fixture = try await OperatorFixture()
        let ids = try await device(fixture, statuses)
        let reply = try await fixture.run(.setCertificateStatus(.thing("device1"), status: wanted))
        guard case .changed(let changed) = reply else { throw OperatorFixture.UnexpectedReply() }
        #expect(changed.map(\.id) == [ids[index]] && changed.map(\.status) == [wanted])
        let others = fixture.registry.allCertificates.filter { $0.id.string != ids[index] }
        #expect(
            others.allSatisfy { other in
                ids.firstIndex(of: other.id.string).map { statuses[$0] } == other.status
            })
    }

    @Test("Where nothing is left to change it is as wanted, unless all are REVOKED")
    func nothingToChange() async throws {
        let fixture = try await OperatorFixture()
        let ids = try await device(fixture, [.revoked, .inactive])
        let reply = try await fixture.run(.setCertificateStatus(.thing("device1"), status: "INACTIVE"))
        guard case .changed(let same) = reply else { throw OperatorFixture.UnexpectedReply() }
        #expect(same.map(\.id) == [ids[1]])
        _ = try await fixture.run(.setCertificateStatus(.thing("device1"), status: "REVOKED"))
        let error = await fixture.failure(.setCertificateStatus(.thing("device1"), status: "ACTIVE"))
        #expect(error?.code == .refused)
        #expect(error?.message.contains("certificate create") == true)
    }

    @Test("The certificate shown is the one that is not REVOKED")
    func shown() async throws {
        let fixture = try await OperatorFixture()
        let ids = try await device(fixture, [.revoked, .inactive])
        guard case .certificate(let detail) = try await fixture.run(.showCertificate(.thing("device1")))
        else {
            throw OperatorFixture.UnexpectedReply()
        }
        #expect(detail.summary.id == ids[1])
    }

    @Test("Several that the change would alter are no answer to which one; all are named, none is changed")
    func ambiguous() async throws {
        let fixture = try await OperatorFixture()
        let ids = try await device(fixture, [.active, .revoked, .active])
        let error = try #require(
            await fixture.failure(.setCertificateStatus(.thing("device1"), status: "INACTIVE")))
        #expect(error.code == .ambiguous)
        #expect(error.candidates.map { Set($0.map(\.id)) } == [ids[0], ids[2]])
        #expect(fixture.registry.allCertificates.count { $0.status == .active } == 2)
        #expect(throws: error) { try OperatorProtocol.decodeReply(OperatorProtocol.encode(.failure(error))) }
    }

    @Test("A credential names the port that the running gateway has bound")
    func port() async throws {
        let fixture = try await OperatorFixture()
        #expect(try await fixture.add("offline").tlsPort == nil)
        let running = GatewayOperator(
            registry: fixture.registry, authority: fixture.authority, now: { OperatorFixture.now },
            tlsPort: { 29_883 })
        guard
            case .credential(let credential) = try await running.execute(
                .addDevice(name: "d", policies: ["p"]))
        else { throw OperatorFixture.UnexpectedReply() }
        #expect(credential.tlsPort == 29_883)
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
