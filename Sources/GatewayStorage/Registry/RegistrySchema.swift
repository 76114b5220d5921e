import GRDB

/// The tables of the registry. A migration that has been released never changes; the next change is a new
/// one.
enum RegistrySchema {
    /// Marks the file as a gateway registry, so that no other program's database is taken for one
    /// (SQLite's `application_id`): "GWRG".
    static let applicationID: Int32 = 0x4757_5247

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 registry") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: tables)
        }
        migrator.registerMigration("2 encodings apart") { database in
            try database.execute(sql: RegistrySchema2.tables)
            try RegistrySchema2.copy(in: database)
            try database.execute(sql: RegistrySchema2.replacement)
        }
        migrator.registerMigration("3 tombstones") { database in
            try database.execute(sql: tombstones)
        }
        // Nothing that refers to anything changes: checking a million rows' references would take seconds.
        migrator.registerMigration("4 generation", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: generation)
        }
        return migrator
    }

    /// What remains of REVOKED certificates that were removed. Nothing is ever taken out of it.
    private static let tombstones = """
        CREATE TABLE certificate_tombstone (
            issuer INTEGER NOT NULL REFERENCES issuer (number),
            serial_number BLOB NOT NULL,
            PRIMARY KEY (issuer, serial_number)
        ) STRICT, WITHOUT ROWID;
        """

    /// One row: how many transactions have been applied, and one.
    private static let generation = """
        CREATE TABLE registry_generation (number INTEGER NOT NULL CHECK (number >= 1)) STRICT;
        INSERT INTO registry_generation (number) VALUES (1);
        """

    private static let tables = """
        CREATE TABLE thing (
            name TEXT PRIMARY KEY NOT NULL,
            type_name TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE thing_attribute (
            thing TEXT NOT NULL REFERENCES thing (name) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (thing, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE certificate (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 64),
            status TEXT NOT NULL CHECK (status IN (
                'ACTIVE', 'INACTIVE', 'REVOKED', 'PENDING_TRANSFER', 'PENDING_ACTIVATION',
                'REGISTER_INACTIVE')),
            der BLOB NOT NULL,
            not_before INTEGER NOT NULL,
            not_after INTEGER NOT NULL,
            common_name TEXT,
            issuer BLOB NOT NULL,
            serial_number BLOB NOT NULL,
            -- Deliberately no reference: it outlives the authority's registration.
            authority TEXT,
            registered_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE policy (
            name TEXT PRIMARY KEY NOT NULL,
            text TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 1)
        ) STRICT;

        CREATE TABLE authority (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 64),
            der BLOB NOT NULL,
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            registered_at INTEGER NOT NULL,
            -- Both or neither: without a template unknown devices are refused.
            template_thing_name TEXT,
            template_status TEXT,
            CHECK ((template_thing_name IS NULL) = (template_status IS NULL))
        ) STRICT;

        CREATE TABLE authority_template_policy (
            authority TEXT NOT NULL REFERENCES authority (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            policy TEXT NOT NULL REFERENCES policy (name) ON DELETE RESTRICT,
            PRIMARY KEY (authority, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX authority_template_policy_by_policy ON authority_template_policy (policy);

        CREATE TABLE thing_attachment (
            certificate TEXT NOT NULL REFERENCES certificate (id) ON DELETE RESTRICT,
            thing TEXT NOT NULL REFERENCES thing (name) ON DELETE RESTRICT,
            PRIMARY KEY (certificate, thing)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX thing_attachment_by_thing ON thing_attachment (thing);

        CREATE TABLE policy_attachment (
            certificate TEXT NOT NULL REFERENCES certificate (id) ON DELETE RESTRICT,
            policy TEXT NOT NULL REFERENCES policy (name) ON DELETE RESTRICT,
            PRIMARY KEY (certificate, policy)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX policy_attachment_by_policy ON policy_attachment (policy);
        """
}
