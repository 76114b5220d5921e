import DeviceGateway
import Foundation
import GRDB
import Testing
import X509Auth

@testable import GatewayStorage

/// Files that earlier versions wrote.
@Suite struct RegistrySchemaTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// What the first version kept comes into memory as it was, and goes on being written.
    @Test func takesOverTheFirstVersionsFile() async throws {
        let file = directory.file()
        let certificates = [
            TestRecords.certificate(0, status: .revoked, authority: TestRecords.authority(2).id),
            TestRecords.certificate(1, status: .pendingActivation), TestRecords.certificate(2),
        ]
        let queue = try DatabaseQueue(path: file)
        try RegistrySchema.migrator.migrate(queue, upTo: "1 registry")
        try await queue.write { database in
            for (number, certificate) in certificates.enumerated() {
                try database.execute(
                    sql: "INSERT INTO certificate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        certificate.id.string, certificate.status.rawValue, Data(TestRecords.der(number)),
                        certificate.notBefore, certificate.notAfter, "name", Data(certificate.issuer),
                        Data(certificate.serialNumber), certificate.authority?.string,
                        certificate.registeredAt,
                    ])
            }
            try database.execute(sql: "INSERT INTO thing VALUES ('lamp', 'light')")
            try database.execute(sql: "INSERT INTO thing_attribute VALUES ('lamp', 'floor', '2')")
            try database.execute(
                sql: "INSERT INTO policy VALUES (?, ?, ?)",
                arguments: ["p", TestRecords.policy("p").text, 1])
            let id = certificates[2].id.string
            try database.execute(sql: "INSERT INTO thing_attachment VALUES (?, 'lamp')", arguments: [id])
            try database.execute(sql: "INSERT INTO policy_attachment VALUES (?, 'p')", arguments: [id])
            for number in [1, 2] {
                let authority = TestRecords.authority(number)
                try database.execute(
                    sql: "INSERT INTO authority VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        authority.id.string, Data(authority.der), authority.isActive, authority.registeredAt,
                        number == 1 ? "subjectCommonName" : nil, number == 1 ? "INACTIVE" : nil,
                    ])
            }
            try database.execute(
                sql: "INSERT INTO authority_template_policy VALUES (?, 0, 'p')",
                arguments: [TestRecords.authority(1).id.string])
        }
        try queue.close()

        let store = try SQLiteRegistryStore(file: file)
        var contents = UnorderedContents(try await store.load())
        #expect(contents.certificates == Set(certificates))
        #expect(contents.things == [ThingRecord(name: "lamp", typeName: "light", attributes: ["floor": "2"])])
        #expect(contents.policies == [TestRecords.policy("p")])
        let template = ProvisioningTemplate(policyNames: ["p"], status: .inactive)
        #expect(
            contents.authorities == [
                TestRecords.authority(1, autoRegistration: .commonName(template)), TestRecords.authority(2),
            ])
        #expect(contents.thingAttachments == [.init(name: "lamp", certificate: certificates[2].id)])
        #expect(contents.policyAttachments == [.init(name: "p", certificate: certificates[2].id)])
        let encodings = try await store.encodings(of: certificates.map(\.id))
        for (number, certificate) in certificates.enumerated() {
            #expect(encodings[certificate.id] == TestRecords.der(number))
        }

        // Its references hold.
        await #expect(throws: SQLiteStoreError.self) {
            try await store.apply([.removeCertificate(certificates[2].id)])
        }
        await #expect(throws: SQLiteStoreError.self) { try await store.apply([.removePolicy("p")]) }
        try await store.apply([
            .detachThing(name: "lamp", certificate: certificates[2].id),
            .detachPolicy(name: "p", certificate: certificates[2].id),
            .removeCertificate(certificates[2].id), TestRecords.insert(3),
        ])
        store.close()
        contents = UnorderedContents(try await SQLiteRegistryStore(file: file).load())
        #expect(contents.certificates == Set(certificates[0...1] + [TestRecords.certificate(3)]))
    }

    /// Nothing is lost and nothing half done where a file cannot be taken over.
    @Test func leavesAFileItCannotTakeOver() async throws {
        let file = directory.file()
        let queue = try DatabaseQueue(path: file)
        try RegistrySchema.migrator.migrate(queue, upTo: "1 registry")
        try await queue.write { database in
            let id = String(repeating: "z", count: 64)
            try database.execute(
                sql: "INSERT INTO certificate VALUES (?, 'ACTIVE', ?, 0, 1, NULL, ?, ?, NULL, 2)",
                arguments: [id, Data([1]), Data([2]), Data([3])])
        }
        try queue.close()
        #expect(throws: SQLiteStoreError.self) { _ = try SQLiteRegistryStore(file: file) }
        let again = try DatabaseQueue(path: file)
        let count = try await again.read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM certificate WHERE typeof(id) = 'text'")
        }
        #expect(count == 1)
    }
}
