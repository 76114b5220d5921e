import DeviceGateway
import GRDB
import X509Auth

extension RegistryChange {
    /// Writes the change. The database's constraints refuse what contradicts its contents.
    func apply(to database: Database) throws {
        switch self {
        case .putThing(let thing):
            try thing.save(to: database)
        case .removeThing(let name):
            try database.run("DELETE FROM thing WHERE name = ?", [name])
        case .putCertificate(let certificate):
            try certificate.save(to: database)
        case .setCertificateStatus(let id, let status):
            try database.run(
                "UPDATE certificate SET status = ? WHERE id = ?", [status.rawValue, id.string])
            guard database.changesCount == 1 else {
                throw DatabaseError(
                    resultCode: .SQLITE_CONSTRAINT, message: "certificate \(id) does not exist")
            }
        case .removeCertificate(let id):
            try database.run("DELETE FROM certificate WHERE id = ?", [id.string])
        case .attachThing(let name, let id):
            try database.run(
                "INSERT INTO thing_attachment (certificate, thing) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [id.string, name])
        case .detachThing(let name, let id):
            try database.run(
                "DELETE FROM thing_attachment WHERE certificate = ? AND thing = ?", [id.string, name])
        case .putPolicy(let policy):
            try database.run(
                """
                INSERT INTO policy (name, text, version) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET text = excluded.text, version = excluded.version
                """,
                [policy.name, policy.text, policy.version])
        case .removePolicy(let name):
            try database.run("DELETE FROM policy WHERE name = ?", [name])
        case .attachPolicy(let name, let id):
            try database.run(
                "INSERT INTO policy_attachment (certificate, policy) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [id.string, name])
        case .detachPolicy(let name, let id):
            try database.run(
                "DELETE FROM policy_attachment WHERE certificate = ? AND policy = ?", [id.string, name])
        case .putAuthority(let authority):
            try authority.save(to: database)
        case .removeAuthority(let id):
            try database.run("DELETE FROM authority WHERE id = ?", [id.string])
        }
    }
}

extension ThingRecord {
    fileprivate func save(to database: Database) throws {
        try database.run(
            """
            INSERT INTO thing (name, type_name) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET type_name = excluded.type_name
            """,
            [name, typeName])
        try database.run("DELETE FROM thing_attribute WHERE thing = ?", [name])
        for (attribute, value) in attributes {
            try database.run(
                "INSERT INTO thing_attribute (thing, name, value) VALUES (?, ?, ?)", [name, attribute, value])
        }
    }
}

extension CertificateRecord {
    fileprivate func save(to database: Database) throws {
        try database.run(
            """
            INSERT INTO certificate (id, status, der, not_before, not_after, common_name, issuer,
                serial_number, authority, registered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET status = excluded.status, der = excluded.der,
                not_before = excluded.not_before, not_after = excluded.not_after,
                common_name = excluded.common_name, issuer = excluded.issuer,
                serial_number = excluded.serial_number, authority = excluded.authority,
                registered_at = excluded.registered_at
            """,
            [
                id.string, status.rawValue, Blob(der), notBefore, notAfter, commonName, Blob(issuer),
                Blob(serialNumber), authority?.string, registeredAt,
            ])
    }
}

extension AuthorityRecord {
    fileprivate func save(to database: Database) throws {
        try database.run(
            """
            INSERT INTO authority (id, der, is_active, registered_at, template_thing_name, template_status)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET der = excluded.der, is_active = excluded.is_active,
                registered_at = excluded.registered_at, template_thing_name = excluded.template_thing_name,
                template_status = excluded.template_status
            """,
            [
                id.string, Blob(der), isActive, registeredAt, template?.thingName.rawValue,
                template?.status.rawValue,
            ])
        try database.run("DELETE FROM authority_template_policy WHERE authority = ?", [id.string])
        for (position, policy) in (template?.policyNames ?? []).enumerated() {
            try database.run(
                "INSERT INTO authority_template_policy (authority, position, policy) VALUES (?, ?, ?)",
                [id.string, position, policy])
        }
    }
}

extension Database {
    /// Runs one statement, prepared once and kept.
    fileprivate func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
