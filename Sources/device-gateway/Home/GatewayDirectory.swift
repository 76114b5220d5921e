#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where everything of one gateway lies.
struct GatewayDirectory: Hashable, Sendable {
    /// As the user wrote it, without slashes at the end.
    let path: String

    init(_ path: String) {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        self.path = String(path)
    }

    var configuration: String { file("gateway.yaml") }
    var authorityCertificate: String { file("ca.pem") }
    var authorityKey: String { file("ca-private.key") }
    /// Earlier authorities that devices still rely on, the latest first.
    var previousAuthorities: String { file("ca-previous.pem") }
    /// The authority's key certified by the one before it, and so on.
    var crossCertificates: String { file("ca-cross.pem") }
    /// A change of the four files above that is under way.
    var authorityRotation: String { file("ca-rotation.json") }
    var serverCertificate: String { file("server.pem") }
    var serverKey: String { file("server-private.key") }
    var registrationCode: String { file("registration-code") }
    var registry: String { file("registry.sqlite") }
    var lock: String { file("gateway.lock") }
    var socket: String { file("control.sock") }

    /// A file named in the settings: relative to this directory unless it begins with a slash.
    func resolve(_ name: String) -> String { name.hasPrefix("/") ? name : file(name) }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Whether a gateway was set up here, at least in part.
    var holdsGateway: Bool {
        DurableFile.exists(authorityCertificate) || DurableFile.exists(authorityKey)
    }

    /// - Throws: When the directory is there but closed to this user, which is not the same as holding nothing.
    func checkIsOpen() throws {
        guard access(path, R_OK | X_OK) == 0 || errno == ENOENT else {
            throw SystemFailure("open the directory", path)
        }
    }

    /// Removes what a write that a crash cut short has left behind. Needs the lock.
    ///
    /// Not the server certificate's: ``ServerCredential`` may have to finish that one.
    func removeLeftovers() {
        for path in [
            configuration, authorityCertificate, authorityKey, previousAuthorities, crossCertificates,
            authorityRotation, serverKey, registrationCode,
        ] {
            unlink(DurableFile.temporaryPath(of: path))
        }
    }

    /// Makes the directory if need be and closes it to other users.
    ///
    /// - Throws: When it can't, or when it holds something else: the gateway takes no directory over.
    func prepare() throws {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw SystemFailure("create the directory", path)
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemFailure("open", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw CommandFailure("\(path) is not a directory; name another with --directory.")
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            let failure = SystemFailure("write to the directory", path)
            throw CommandFailure("\(failure) Another directory can be named with --directory.")
        }
        if !holdsGateway {
            let foreign = try entries().first { !Self.ours.contains($0) && !$0.hasSuffix(".tmp") }
            if let foreign {
                throw CommandFailure(
                    "\(path) is neither empty nor a gateway's directory (it holds \(PlainText.oneLine(foreign))); "
                        + "name an empty or new one with --directory.")
            }
        }
        if status.st_mode & 0o777 != 0o700, chmod(path, 0o700) != 0 {
            throw SystemFailure("close to other users (mode 0700) the directory", path)
        }
    }

    private func entries() throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw CommandFailure("Can't list \(path): \(error)")
        }
    }

    /// What may lie in a directory whose making was interrupted, or that a file system starts with.
    private static let ours: Set<String> = ["gateway.yaml", "gateway.lock", "control.sock", "lost+found"]
}
