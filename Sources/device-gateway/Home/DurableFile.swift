#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Whole small files: read with a bound, written so that a crash leaves the old one or the new one.
enum DurableFile {
    /// The file's bytes; nil when there is none.
    static func read(_ path: String, limit: Int) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw SystemFailure("open", path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemFailure("read", path)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > limit {
                throw CommandFailure("\(path) is longer than \(limit) bytes, which can't be right.")
            }
        }
    }

    /// The file as text; nil when there is none.
    static func readText(_ path: String, limit: Int) throws -> String? {
        guard let bytes = try read(path, limit: limit) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure("\(path) is not UTF-8 text.")
        }
        return text
    }

    /// A secret as text; nil when there is none.
    ///
    /// - Throws: Also when users other than its owner can read or change it.
    static func readSecret(_ path: String, limit: Int) throws -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemFailure("open", path)
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            throw CommandFailure(
                "\(path) is a secret, but its mode is \(String(mode, radix: 8)): users other than its owner can get at it. "
                    + "Close it with: " + ShellQuoting.line(["chmod", "600", path]))
        }
        return try readText(path, limit: limit)
    }

    /// Whether any user of this machine can read the file or write to it.
    static func isOpenToAll(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o006 != 0
    }

    /// Puts the contents in the place of what is there, if anything.
    ///
    /// Only one process at a time may replace a path; the directory's lock sees to that.
    static func replace(_ path: String, with contents: String, mode: mode_t) throws {
        try replace(path, with: Array(contents.utf8), mode: mode)
    }

    /// As ``replace(_:with:mode:)-(_,String,_)``, for bytes.
    static func replace(_ path: String, with contents: [UInt8], mode: mode_t) throws {
        try stage(contents, for: path, mode: mode)
        try adopt(path)
    }

    /// Writes the contents durably beside the path; ``adopt(_:)`` puts them in its place.
    static func stage(_ contents: String, for path: String, mode: mode_t) throws {
        try stage(Array(contents.utf8), for: path, mode: mode)
    }

    private static func stage(_ contents: [UInt8], for path: String, mode: mode_t) throws {
        let temporary = temporaryPath(of: path)
        if unlink(temporary) != 0, errno != ENOENT { throw SystemFailure("remove", temporary) }
        try write(contents, toNew: temporary, mode: mode)
    }

    /// Puts what was staged in the place of what is there, if anything.
    static func adopt(_ path: String) throws {
        let temporary = temporaryPath(of: path)
        guard rename(temporary, path) == 0 else {
            let failure = SystemFailure("write", path)
            unlink(temporary)
            throw failure
        }
        try synchronizeDirectory(of: path)
    }

    /// Forgets what was staged, if anything.
    static func removeStaged(_ path: String) {
        unlink(temporaryPath(of: path))
    }

    /// Where the contents are until they are whole.
    static func temporaryPath(of path: String) -> String { path + ".tmp" }

    /// Writes a file that must not exist yet, and makes it durable.
    ///
    /// - Throws: When it exists (`EEXIST`) or can't be written; then nothing is left behind.
    static func write(_ contents: String, toNew path: String, mode: mode_t) throws {
        try write(Array(contents.utf8), toNew: path, mode: mode)
    }

    private static func write(_ contents: [UInt8], toNew path: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemFailure("create", path) }
        do {
            defer { close(descriptor) }
            // The mode given to open is cut down by the umask; a file meant to be readable stays so.
            guard fchmod(descriptor, mode) == 0 else { throw SystemFailure("set the mode of", path) }
            var remaining = contents[...]
            while !remaining.isEmpty {
                let count = remaining.withUnsafeBytes { systemWrite(descriptor, $0) }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw SystemFailure("write", path)
                }
                remaining = remaining.dropFirst(count)
            }
            guard fsync(descriptor) == 0 else { throw SystemFailure("write", path) }
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Makes the directory's entry for a path durable.
    static func synchronizeDirectory(of path: String) throws {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure("open", directory) }
        defer { close(descriptor) }
        // Some file systems can't, and say EINVAL; there is nothing more to be done then.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw SystemFailure("write", directory) }
    }

    /// Whether something, even a dangling link, has the name.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Darwin)
        Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Glibc)
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
        Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
        Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Glibc)
        Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #else
        Musl.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
