import DeviceGateway
import GRDB
import X509Auth

/// Reads the whole registry. Nothing in the file is trusted to be what was written: a value of another kind
/// is an error, never a trap.
struct RegistryReader {
    private let database: Database
    private let file: String

    init(_ database: Database, file: String) {
        self.database = database
        self.file = file
    }

    func contents() throws -> RegistryContents {
        RegistryContents(
            things: try things(), certificates: try certificates(), policies: try policies(),
            authorities: try authorities(),
            thingAttachments: try attachments("SELECT thing, certificate FROM thing_attachment"),
            policyAttachments: try attachments("SELECT policy, certificate FROM policy_attachment"))
    }

    private func things() throws -> [ThingRecord] {
        var attributes: [String: [String: String]] = [:]
        try forEachRow("SELECT thing, name, value FROM thing_attribute") { row in
            attributes[try row.decode(String.self, atIndex: 0), default: [:]][
                try row.decode(String.self, atIndex: 1)] = try row.decode(String.self, atIndex: 2)
        }
        var things: [ThingRecord] = []
        try forEachRow("SELECT name, type_name FROM thing") { row in
            let name = try row.decode(String.self, atIndex: 0)
            things.append(
                ThingRecord(
                    name: name, typeName: try row.decode(String?.self, atIndex: 1),
                    attributes: attributes[name] ?? [:]))
        }
        return things
    }

    private func certificates() throws -> [CertificateRecord] {
        var certificates: [CertificateRecord] = []
        let sql = """
            SELECT id, status, der, not_before, not_after, common_name, issuer, serial_number, authority,
                registered_at
            FROM certificate
            """
        try forEachRow(sql) { row in
            certificates.append(
                CertificateRecord(
                    id: try certificateID(try row.decode(String.self, atIndex: 0)),
                    status: try status(try row.decode(String.self, atIndex: 1)),
                    der: try row.decode(Blob.self, atIndex: 2).bytes,
                    notBefore: try row.decode(Int64.self, atIndex: 3),
                    notAfter: try row.decode(Int64.self, atIndex: 4),
                    commonName: try row.decode(String?.self, atIndex: 5),
                    issuer: try row.decode(Blob.self, atIndex: 6).bytes,
                    serialNumber: try row.decode(Blob.self, atIndex: 7).bytes,
                    authority: try row.decode(String?.self, atIndex: 8).map(certificateID),
                    registeredAt: try row.decode(Int64.self, atIndex: 9)))
        }
        return certificates
    }

    private func policies() throws -> [PolicyRecord] {
        var policies: [PolicyRecord] = []
        try forEachRow("SELECT name, text, version FROM policy") { row in
            policies.append(
                PolicyRecord(
                    name: try row.decode(String.self, atIndex: 0),
                    text: try row.decode(String.self, atIndex: 1),
                    version: try row.decode(Int.self, atIndex: 2)))
        }
        return policies
    }

    private func authorities() throws -> [AuthorityRecord] {
        var policyNames: [String: [String]] = [:]
        let templates = "SELECT authority, policy FROM authority_template_policy ORDER BY authority, position"
        try forEachRow(templates) { row in
            policyNames[try row.decode(String.self, atIndex: 0), default: []]
                .append(try row.decode(String.self, atIndex: 1))
        }
        var authorities: [AuthorityRecord] = []
        let sql = """
            SELECT id, der, is_active, registered_at, template_thing_name, template_status FROM authority
            """
        try forEachRow(sql) { row in
            let id = try row.decode(String.self, atIndex: 0)
            authorities.append(
                AuthorityRecord(
                    id: try certificateID(id),
                    der: try row.decode(Blob.self, atIndex: 1).bytes,
                    isActive: try row.decode(Bool.self, atIndex: 2),
                    template: try template(
                        thingName: try row.decode(String?.self, atIndex: 4),
                        status: try row.decode(String?.self, atIndex: 5), policyNames: policyNames[id] ?? []),
                    registeredAt: try row.decode(Int64.self, atIndex: 3)))
        }
        return authorities
    }

    private func template(
        thingName: String?, status: String?, policyNames: [String]
    ) throws -> ProvisioningTemplate? {
        guard let thingName, let status else { return nil }
        guard let source = ProvisioningTemplate.ThingName(rawValue: thingName) else {
            throw corrupt("thing name source \"\(thingName)\"")
        }
        return ProvisioningTemplate(
            thingName: source, policyNames: policyNames, status: try self.status(status))
    }

    private func attachments(_ sql: String) throws -> [RegistryContents.Attachment] {
        var attachments: [RegistryContents.Attachment] = []
        try forEachRow(sql) { row in
            attachments.append(
                RegistryContents.Attachment(
                    name: try row.decode(String.self, atIndex: 0),
                    certificate: try certificateID(try row.decode(String.self, atIndex: 1))))
        }
        return attachments
    }

    private func forEachRow(_ sql: String, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() { try body(row) }
    }

    private func certificateID(_ text: String) throws -> CertificateID {
        guard let id = CertificateID(text) else { throw corrupt("certificate identifier \"\(text)\"") }
        return id
    }

    private func status(_ text: String) throws -> CertificateStatus {
        guard let status = CertificateStatus(rawValue: text) else { throw corrupt("status \"\(text)\"") }
        return status
    }

    private func corrupt(_ what: String) -> SQLiteStoreError {
        SQLiteStoreError(
            .corrupt, file: file,
            "\(file) holds \(what), which no version of this software wrote; restore a backup")
    }
}
