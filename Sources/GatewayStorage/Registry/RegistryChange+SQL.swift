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
        case .insertCertificate(let certificate, let der):
            try certificate.insert(into: database, der: der)
        case .setCertificateStatus(let id, let status):
            try database.run(
                "UPDATE certificate SET status = ? WHERE id = ?", [StatusCode(status).rawValue, Blob(id)])
            guard database.changesCount == 1 else {
                throw DatabaseError(
                    resultCode: .SQLITE_CONSTRAINT, message: "certificate \(id) does not exist")
            }
        case .removeCertificate(let id):
            try database.run("DELETE FROM certificate WHERE id = ?", [Blob(id)])
        case .putTombstone(let tombstone):
            let issuer = Blob(tombstone.issuer)
            try database.run("INSERT INTO issuer (name) VALUES (?) ON CONFLICT DO NOTHING", [issuer])
            try database.run(
                """
                INSERT INTO certificate_tombstone (issuer, serial_number)
                VALUES ((SELECT number FROM issuer WHERE name = ?), ?) ON CONFLICT DO NOTHING
                """,
                [issuer, Blob(tombstone.serialNumber)])
        case .attachThing(let name, let id, let isExclusive):
            try database.run(
                """
                INSERT INTO thing_attachment (certificate, thing, is_exclusive) VALUES (?, ?, ?)
                ON CONFLICT (thing, certificate) DO UPDATE SET is_exclusive = excluded.is_exclusive
                """,
                [Blob(id), name, isExclusive])
        case .detachThing(let name, let id):
            try database.run(
                "DELETE FROM thing_attachment WHERE certificate = ? AND thing = ?", [Blob(id), name])
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
                [Blob(id), name])
        case .detachPolicy(let name, let id):
            try database.run(
                "DELETE FROM policy_attachment WHERE certificate = ? AND policy = ?", [Blob(id), name])
        case .putAuthority(let authority):
            try authority.save(to: database)
        case .removeAuthority(let id):
            try database.run("DELETE FROM authority WHERE id = ?", [Blob(id)])
        case .putRevocationList(let list):
            try database.run(
                """
                INSERT INTO revocation_list (authority, is_delta, der) VALUES (?, ?, ?)
                ON CONFLICT (authority, is_delta) DO UPDATE SET der = excluded.der
                """,
                [Blob(list.authority), list.isDelta, Blob(list.der)])
        case .removeRevocationList(let authority, let isDelta):
            try database.run(
                "DELETE FROM revocation_list WHERE authority = ? AND is_delta = ?",
                [Blob(authority), isDelta])
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
    fileprivate func insert(into database: Database, der: [UInt8]) throws {
        let issuerName = Blob(issuer)
        try database.run("INSERT INTO issuer (name) VALUES (?) ON CONFLICT DO NOTHING", [issuerName])
        try database.run(
            """
            INSERT INTO certificate (id, status, mode, not_before, not_after, issuer, serial_number, authority,
                registered_at)
            VALUES (?, ?, ?, ?, ?, (SELECT number FROM issuer WHERE name = ?), ?, ?, ?)
            """,
            [
                Blob(id), StatusCode(status).rawValue, ModeCode(mode).rawValue, notBefore, notAfter,
                issuerName, Blob(serialNumber), authority.map { Blob($0) }, registeredAt,
            ])
        try database.run(
            "INSERT INTO certificate_encoding (certificate, der) VALUES (?, ?)", [Blob(id), Blob(der)])
    }
}

extension AuthorityRecord {
    fileprivate func save(to database: Database) throws {
        let kind: String?
        var thingName: String?
        var status: String?
        var json: String?
        switch autoRegistration {
        case nil: kind = nil
        case .pendingActivation: kind = AutoRegistrationKind.pendingActivation
        case .commonName(let template):
            kind = AutoRegistrationKind.commonName
            thingName = template.thingName.rawValue
            status = template.status.rawValue
        case .template(let document):
            kind = AutoRegistrationKind.template
            json = document.json
        }
        try database.run(
            """
            INSERT INTO authority (id, der, is_active, mode, registered_at, revocation_mode,
                auto_registration, template_thing_name, template_status, template_json)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET der = excluded.der, is_active = excluded.is_active,
                mode = excluded.mode, registered_at = excluded.registered_at,
                revocation_mode = excluded.revocation_mode, auto_registration = excluded.auto_registration,
                template_thing_name = excluded.template_thing_name,
                template_status = excluded.template_status, template_json = excluded.template_json
            """,
            [
                Blob(id), Blob(der), isActive, ModeCode(mode).rawValue, registeredAt, revocationMode.rawValue,
                kind, thingName, status, json,
            ])
        try database.run("DELETE FROM authority_template_policy WHERE authority = ?", [Blob(id)])
        for (position, policy) in (autoRegistration?.templatePolicies ?? []).enumerated() {
            try database.run(
                "INSERT INTO authority_template_policy (authority, position, policy) VALUES (?, ?, ?)",
                [Blob(id), position, policy])
        }
    }
}

extension AutoRegistration {
    fileprivate var templatePolicies: [String] {
        if case .commonName(let template) = self { template.policyNames } else { [] }
    }
}

extension Database {
    /// Runs one statement, prepared once and kept.
    fileprivate func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
