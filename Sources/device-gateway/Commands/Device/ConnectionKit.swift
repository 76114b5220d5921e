import DeviceGateway

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The files that a device connects with, under the names that AWS IoT's connection kit gives them.
struct ConnectionKit {
    let thing: String
    let directory: String

    var keyPath: String { file("\(thing).private.key") }
    var certificatePath: String { file("\(thing).cert.pem") }
    var rootPath: String { file("root-CA.crt") }

    private func file(_ name: String) -> String {
        directory == "." ? name : directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    /// Makes sure before anything is issued that the files could be written.
    ///
    /// - Parameter root: the certificate that will be written as root-CA.crt, as far as it is known.
    /// - Parameter writesKey: false where the device has its key already.
    func checkFree(root: String?, writesKey: Bool = true) throws {
        guard !thing.isEmpty, !thing.contains("/"), !thing.hasPrefix("."), !thing.utf8.contains(0) else {
            throw CommandFailure(
                "“\(PlainText.oneLine(thing))” can't be a device's name; use letters, digits, :, _ and -.")
        }
        if mkdir(directory, 0o755) != 0, errno != EEXIST {
            throw SystemFailure("create the directory", directory)
        }
        guard access(directory, W_OK | X_OK) == 0 else { throw SystemFailure("write to", directory) }
        for path in (writesKey ? [keyPath] : []) + [certificatePath] where DurableFile.exists(path) {
            throw CommandFailure(
                "\(path) exists and is not overwritten: it may be the only copy of a key. "
                    + "Move it away, or name another directory with --output.")
        }
        if let root, let existing = try DurableFile.readText(rootPath, limit: 1_048_576), existing != root {
            throw CommandFailure(
                "\(rootPath) belongs to another gateway and is not overwritten. Name another directory with --output."
            )
        }
    }

    /// Writes all files or none.
    func write(_ credential: DeviceCredential) throws {
        var written: [String] = []
        do {
            if let key = credential.privateKeyPEM { try put(key, at: keyPath, mode: 0o600, &written) }
            try put(credential.certificatePEM, at: certificatePath, mode: 0o644, &written)
            if try DurableFile.readText(rootPath, limit: 1_048_576) != credential.rootCertificatePEM {
                try put(credential.rootCertificatePEM, at: rootPath, mode: 0o644, &written)
            }
            try DurableFile.synchronizeDirectory(of: keyPath)
        } catch {
            for path in written { unlink(path) }
            throw error
        }
    }

    /// A file appears under its name when it is whole, and never in the place of another.
    private func put(_ contents: String, at path: String, mode: mode_t, _ written: inout [String]) throws {
        let temporary = "\(path).\(getpid()).tmp"
        try DurableFile.write(contents, toNew: temporary, mode: mode)
        defer { unlink(temporary) }
        guard link(temporary, path) == 0 else {
            // Some file systems have no hard links; creating the file itself is as exclusive.
            guard errno == EPERM || errno == ENOTSUP || errno == EMLINK else {
                throw SystemFailure("create", path)
            }
            try DurableFile.write(contents, toNew: path, mode: mode)
            written.append(path)
            return
        }
        written.append(path)
    }

    /// What was written and how to use it.
    func explanation(of credential: DeviceCredential, host: String, port: Int) -> String {
        let key = credential.privateKeyPEM == nil ? "\(thing).private.key" : keyPath
        let identity = [
            "--cafile", rootPath, "--cert", certificatePath, "--key", key, "-h", host, "-p", "\(port)",
            "-i", thing,
        ]
        let subscribe = ShellQuoting.line(["mosquitto_sub"] + identity + ["-t", "devices/\(thing)/#", "-v"])
        let publish = ShellQuoting.line(
            ["mosquitto_pub"] + identity + ["-t", "devices/\(thing)/status", "-m", "hello", "-q", "1", "-r"])
        let keyFile =
            credential.privateKeyPEM == nil ? [] : [(keyPath, "its private key; exists nowhere else")]
        let files =
            keyFile + [
                (certificatePath, "its certificate, valid to \(Timestamp.text(credential.notAfter))"),
                (rootPath, "what it verifies the gateway with"),
            ]
        let width = files.map(\.0.count).max() ?? 0
        let list = files.map { path, meaning in
            "  \(path)\(String(repeating: " ", count: width - path.count))   \(meaning)"
        }.joined(separator: "\n")
        return """
            Device \(thing) has certificate \(credential.certificateID.prefix(16))… with \
            \(Self.list(credential.policies)).

            \(list)

            Publish as the device; the message is retained, so it waits for whoever subscribes:

              \(publish)

            Subscribe as the device; that message comes first:

              \(subscribe)

            A client ID has one connection at a time: publishing again takes over from the subscriber.
            """
    }

    private static func list(_ policies: [String]) -> String {
        policies.count == 1 ? "policy \(policies[0])" : "policies \(policies.joined(separator: ", "))"
    }
}
