import GRDB

/// The second version of the tables: identifiers are 32 octets, encodings lie apart from what is read at
/// start, issuers are kept once, and there are authorities' modes, auto-registration and revocation lists.
enum RegistrySchema2 {
    /// Made beside the first version's and filled from them.
    static let tables = """
        CREATE TABLE issuer (
            number INTEGER PRIMARY KEY NOT NULL,
            name BLOB NOT NULL UNIQUE
        ) STRICT;

        -- All that deciding needs, in narrow rows in the order of the identifiers: read whole at start.
        CREATE TABLE certificate_2 (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
            -- 0 ACTIVE, 1 INACTIVE, 2 REVOKED, 3 PENDING_TRANSFER, 4 PENDING_ACTIVATION, 5 REGISTER_INACTIVE
            status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 5),
            -- 0 DEFAULT, 1 SNI_ONLY
            mode INTEGER NOT NULL CHECK (mode BETWEEN 0 AND 1),
            not_before INTEGER NOT NULL,
            not_after INTEGER NOT NULL,
            issuer INTEGER NOT NULL REFERENCES issuer (number),
            serial_number BLOB NOT NULL,
            -- Deliberately no reference: it outlives the authority's registration.
            authority BLOB CHECK (length(authority) = 32),
            registered_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE certificate_encoding (
            certificate BLOB PRIMARY KEY NOT NULL REFERENCES certificate_2 (id) ON DELETE CASCADE,
            der BLOB NOT NULL
        ) STRICT;

        CREATE TABLE authority_2 (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
            der BLOB NOT NULL,
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            mode INTEGER NOT NULL CHECK (mode BETWEEN 0 AND 1),
            registered_at INTEGER NOT NULL,
            revocation_mode TEXT NOT NULL,
            -- Without it unknown devices are refused.
            auto_registration TEXT,
            template_thing_name TEXT,
            template_status TEXT,
            template_json TEXT
        ) STRICT;

        CREATE TABLE authority_template_policy_2 (
            authority BLOB NOT NULL REFERENCES authority_2 (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            policy TEXT NOT NULL REFERENCES policy (name) ON DELETE RESTRICT,
            PRIMARY KEY (authority, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE revocation_list (
            authority BLOB NOT NULL REFERENCES authority_2 (id) ON DELETE CASCADE,
            is_delta INTEGER NOT NULL CHECK (is_delta IN (0, 1)),
            der BLOB NOT NULL,
            PRIMARY KEY (authority, is_delta)
        ) STRICT;

        -- By thing first, which is the order it is read in at start.
        CREATE TABLE thing_attachment_2 (
            thing TEXT NOT NULL REFERENCES thing (name) ON DELETE RESTRICT,
            certificate BLOB NOT NULL REFERENCES certificate_2 (id) ON DELETE RESTRICT,
            is_exclusive INTEGER NOT NULL CHECK (is_exclusive IN (0, 1)),
            PRIMARY KEY (thing, certificate)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE policy_attachment_2 (
            certificate BLOB NOT NULL REFERENCES certificate_2 (id) ON DELETE RESTRICT,
            policy TEXT NOT NULL REFERENCES policy (name) ON DELETE RESTRICT,
            PRIMARY KEY (certificate, policy)
        ) STRICT, WITHOUT ROWID;
        """

    static func copy(in database: Database) throws {
        // Hexadecimal text to octets: SQLite's own unhex() is too young to be counted on.
        let octets = DatabaseFunction("gateway_octets", argumentCount: 1, pure: true) { arguments in
            guard let text = String.fromDatabaseValue(arguments[0]) else { return nil }
            return Blob(hexadecimal: text)
        }
        database.add(function: octets)
        defer { database.remove(function: octets) }
        try database.execute(sql: copying)
    }

    private static let copying = """
        INSERT INTO issuer (name) SELECT DISTINCT issuer FROM certificate;
        INSERT INTO certificate_2 (id, status, mode, not_before, not_after, issuer, serial_number, authority,
            registered_at)
        SELECT gateway_octets(id), CASE status WHEN 'ACTIVE' THEN 0 WHEN 'INACTIVE' THEN 1 WHEN 'REVOKED' THEN 2
                WHEN 'PENDING_TRANSFER' THEN 3 WHEN 'PENDING_ACTIVATION' THEN 4 ELSE 5 END,
            0, not_before, not_after, (SELECT number FROM issuer WHERE name = certificate.issuer),
            serial_number, gateway_octets(authority), registered_at
        FROM certificate ORDER BY id;
        INSERT INTO certificate_encoding (certificate, der)
            SELECT gateway_octets(id), der FROM certificate ORDER BY id;
        INSERT INTO authority_2 (id, der, is_active, mode, registered_at, revocation_mode, auto_registration,
            template_thing_name, template_status)
        SELECT gateway_octets(id), der, is_active, 0, registered_at, 'none',
            CASE WHEN template_thing_name IS NULL THEN NULL ELSE 'common-name' END,
            template_thing_name, template_status
        FROM authority;
        INSERT INTO authority_template_policy_2 (authority, position, policy)
            SELECT gateway_octets(authority), position, policy FROM authority_template_policy;
        INSERT INTO thing_attachment_2 (thing, certificate, is_exclusive)
            SELECT thing, gateway_octets(certificate), 0 FROM thing_attachment;
        INSERT INTO policy_attachment_2 (certificate, policy)
            SELECT gateway_octets(certificate), policy FROM policy_attachment;
        """

    /// Puts them into the places of the first version's.
    static let replacement = """
        DROP TABLE thing_attachment;
        DROP TABLE policy_attachment;
        DROP TABLE authority_template_policy;
        DROP TABLE authority;
        DROP TABLE certificate;
        ALTER TABLE certificate_2 RENAME TO certificate;
        ALTER TABLE authority_2 RENAME TO authority;
        ALTER TABLE authority_template_policy_2 RENAME TO authority_template_policy;
        ALTER TABLE thing_attachment_2 RENAME TO thing_attachment;
        ALTER TABLE policy_attachment_2 RENAME TO policy_attachment;
        CREATE INDEX thing_attachment_by_certificate ON thing_attachment (certificate);
        CREATE INDEX policy_attachment_by_policy ON policy_attachment (policy);
        CREATE INDEX authority_template_policy_by_policy ON authority_template_policy (policy);
        """
}
