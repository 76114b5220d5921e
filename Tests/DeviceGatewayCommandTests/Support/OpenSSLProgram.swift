import Foundation

/// The `openssl` command, for what nothing here makes: revocation lists.
enum OpenSSLProgram {
    /// Whether it is installed. With DEVICE_GATEWAY_REQUIRE_CLIENTS set, its absence is a failure.
    static var canRun: Bool {
        let environment = ProcessInfo.processInfo.environment
        let directories = (environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return directories.contains { FileManager.default.isExecutableFile(atPath: "\($0)/openssl") }
            || environment["DEVICE_GATEWAY_REQUIRE_CLIENTS"] != nil
    }

    /// Writes the factory's revocation list, which names these certificates' files, into a file.
    static func list(_ number: Int, revoking files: [String] = [], in room: CommandRoom, to name: String)
        throws
    {
        try room.write("factory.key", room.factoryKey)
        try room.write("number", String(format: "%04X", number))
        try room.write("index", "")
        try room.write(
            "openssl.cnf",
            """
            [ca]
            default_ca = factory
            [factory]
            database = index
            crlnumber = number
            default_crl_days = 30
            default_md = sha256
            certificate = factory.pem
            private_key = factory.key
            """)
        for file in files { try run(["-revoke", file], room) }
        try run(["-gencrl", "-out", name], room)
    }

    private static func run(_ words: [String], _ room: CommandRoom) throws {
        let result = try CommandProcess(
            program: URL(fileURLWithPath: "/usr/bin/env"),
            ["openssl", "ca", "-config", "openssl.cnf"] + words,
            in: room.path
        ).wait()
        guard result.status == 0 else { throw CommandRoom.Unexpected(text: result.errors) }
    }
}
