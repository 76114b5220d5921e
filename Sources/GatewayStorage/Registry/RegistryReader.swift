import DeviceGateway
import GRDB
import GRDBSQLite
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
        var contents = RegistryContents()
        contents.generation = try generation()
        try addThings(to: &contents)
        try addCertificates(to: &contents)
        try addTombstones(to: &contents)
        for policy in try policies() { contents.add(policy) }
        for authority in try authorities() { contents.add(authority) }
        for list in try revocationLists() { contents.add(list) }
        try addThingAttachments(to: &contents)
        try addPolicyAttachments(to: &contents)
        return contents
    }

    func encodings(of certificates: [CertificateID]) throws -> [CertificateID: [UInt8]] {
        let statement = try database.cachedStatement(
            sql: "SELECT der FROM certificate_encoding WHERE certificate = ?")
        var encodings: [CertificateID: [UInt8]] = [:]
        for id in certificates {
            encodings[id] = try Blob.fetchOne(statement, arguments: [Blob(id)])?.bytes
        }
        return encodings
    }

    private func generation() throws -> UInt64 {
        let numbers = try Int64.fetchAll(database, sql: "SELECT number FROM registry_generation")
        guard numbers.count == 1, let number = numbers.first.flatMap(UInt64.init(exactly:)) else {
            throw corrupt("\(numbers.count) generations")
        }
        return number
    }

    private func addThings(to contents: inout RegistryContents) throws {
        var attributes: [String: [String: String]] = [:]
        try forEachRow("SELECT thing, name, value FROM thing_attribute") { row in
            attributes[try row.decode(String.self, atIndex: 0), default: [:]][
                try row.decode(String.self, atIndex: 1)] = try row.decode(String.self, atIndex: 2)
        }
        try forEachRowOfOctets("SELECT name, type_name FROM thing ORDER BY name") { row in
            let name = row.text(0)
            contents.add(
                ThingRecord(
                    name: name, typeName: row.textIfAny(1),
                    attributes: attributes.isEmpty ? [:] : attributes[name] ?? [:]))
        }
    }

    private func addCertificates(to contents: inout RegistryContents) throws {
        var issuers: [Int64: [UInt8]] = [:]
        try forEachRow("SELECT number, name FROM issuer") { row in
            issuers[try row.decode(Int64.self, atIndex: 0)] = try row.decode(Blob.self, atIndex: 1).bytes
        }
        var issuer: (number: Int64, name: [UInt8])?
        let sql = """
            SELECT id, status, mode, not_before, not_after, issuer, serial_number, authority, registered_at
            FROM certificate ORDER BY id
            """
        try forEachRowOfOctets(sql) { row in
            let number = row.integer(5)
            if issuer?.number != number {
                guard let name = issuers[number] else { throw corrupt("issuer number \(number)") }
                issuer = (number, name)
            }
            guard let id = row.certificateID(0) else { throw corrupt("a certificate identifier") }
            guard let status = StatusCode(rawValue: row.integer(1)) else {
                throw corrupt("status \(row.integer(1)) of certificate \(id)")
            }
            guard let mode = ModeCode(rawValue: row.integer(2)) else {
                throw corrupt("mode \(row.integer(2)) of certificate \(id)")
            }
            row.withOctets(6) { serialNumber in
                contents.addCertificate(
                    id: id, status: status.status, mode: mode.mode, notBefore: row.integer(3),
                    notAfter: row.integer(4), issuer: issuer?.name ?? [], serialNumber: serialNumber,
                    authority: row.certificateID(7), registeredAt: row.integer(8))
            }
        }
    }

    private func addTombstones(to contents: inout RegistryContents) throws {
        let sql = """
            SELECT name, serial_number FROM certificate_tombstone JOIN issuer ON number = certificate_tombstone.issuer
            """
        try forEachRow(sql) { row in
            contents.add(
                CertificateTombstone(
                    issuer: try row.decode(Blob.self, atIndex: 0).bytes,
                    serialNumber: try row.decode(Blob.self, atIndex: 1).bytes))
        }
    }

    private func addThingAttachments(to contents: inout RegistryContents) throws {
        let sql = "SELECT thing, certificate, is_exclusive FROM thing_attachment ORDER BY thing, certificate"
        try forEachRowOfOctets(sql) { row in
            guard let certificate = row.certificateID(1) else { throw corrupt("a certificate identifier") }
            contents.attachThing(
                .init(name: row.text(0), certificate: certificate, isExclusive: row.integer(2) != 0))
        }
    }

    private func addPolicyAttachments(to contents: inout RegistryContents) throws {
        let sql = "SELECT certificate, policy FROM policy_attachment ORDER BY certificate, policy"
        var last = ""
        try forEachRowOfOctets(sql) { row in
            guard let certificate = row.certificateID(0) else { throw corrupt("a certificate identifier") }
            if !row.text(1, equals: last) { last = row.text(1) }
            contents.attachPolicy(.init(name: last, certificate: certificate))
        }
    }

    private func revocationLists() throws -> [RevocationListRecord] {
        var lists: [RevocationListRecord] = []
        try forEachRow("SELECT authority, is_delta, der FROM revocation_list") { row in
            lists.append(
                RevocationListRecord(
                    authority: try certificateID(row, 0), isDelta: try row.decode(Bool.self, atIndex: 1),
                    der: try row.decode(Blob.self, atIndex: 2).bytes))
        }
        return lists
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
        var policyNames: [CertificateID: [String]] = [:]
        let templates = "SELECT authority, policy FROM authority_template_policy ORDER BY authority, position"
        try forEachRow(templates) { row in
            policyNames[try certificateID(row, 0), default: []]
                .append(try row.decode(String.self, atIndex: 1))
        }
        var authorities: [AuthorityRecord] = []
        let sql = """
            SELECT id, der, is_active, mode, registered_at, revocation_mode, auto_registration,
                template_thing_name, template_status, template_json
            FROM authority
            """
        try forEachRow(sql) { row in
            let id = try certificateID(row, 0)
            let modeCode = try row.decode(Int64.self, atIndex: 3)
            guard let mode = ModeCode(rawValue: modeCode) else { throw corrupt("mode \(modeCode)") }
            let revocation = try row.decode(String.self, atIndex: 5)
            guard let revocationMode = RevocationMode(rawValue: revocation) else {
                throw corrupt("revocation mode \"\(revocation)\"")
            }
            authorities.append(
                AuthorityRecord(
                    id: id, der: try row.decode(Blob.self, atIndex: 1).bytes,
                    isActive: try row.decode(Bool.self, atIndex: 2), mode: mode.mode,
                    autoRegistration: try autoRegistration(row, policyNames: policyNames[id] ?? []),
                    revocationMode: revocationMode, registeredAt: try row.decode(Int64.self, atIndex: 4)))
        }
        return authorities
    }

    private func autoRegistration(_ row: Row, policyNames: [String]) throws -> AutoRegistration? {
        switch try row.decode(String?.self, atIndex: 6) {
        case nil: return nil
        case AutoRegistrationKind.pendingActivation?: return .pendingActivation
        case AutoRegistrationKind.template?:
            let json = try row.decode(String?.self, atIndex: 9) ?? ""
            do throws(TemplateError) {
                return .template(try ProvisioningTemplateDocument(json: json))
            } catch {
                throw corrupt("a provisioning template that is none (\(error))")
            }
        case AutoRegistrationKind.commonName?:
            let thingName = try row.decode(String?.self, atIndex: 7) ?? ""
            let status = try row.decode(String?.self, atIndex: 8) ?? ""
            guard let source = ProvisioningTemplate.ThingName(rawValue: thingName) else {
                throw corrupt("thing name source \"\(thingName)\"")
            }
            guard let known = CertificateStatus(rawValue: status) else {
                throw corrupt("status \"\(status)\"")
            }
            return .commonName(
                ProvisioningTemplate(thingName: source, policyNames: policyNames, status: known))
        case let other?: throw corrupt("auto-registration \"\(other)\"")
        }
    }

    private func forEachRow(_ sql: String, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() { try body(row) }
    }

    /// Rows of a table with very many, read without making values of them that are not kept.
    private func forEachRowOfOctets(_ sql: String, _ body: (RawRow) throws -> Void) throws {
        let statement = try database.makeStatement(sql: sql)
        let pointer = statement.sqliteStatement
        while true {
            let code = sqlite3_step(pointer)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else {
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
            }
            try body(RawRow(statement: pointer))
        }
    }

    private func certificateID(_ row: Row, _ index: Int) throws -> CertificateID {
        let octets = try row.decode(Blob.self, atIndex: index).bytes
        guard let id = octets.withUnsafeBytes({ CertificateID(octets: $0.bytes) }) else {
            throw corrupt("a certificate identifier of \(octets.count) bytes")
        }
        return id
    }

    private func corrupt(_ what: String) -> SQLiteStoreError {
        SQLiteStoreError(
            .corrupt, file: file,
            "\(file) holds \(what), which no version of this software wrote; restore a backup")
    }
}
