#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The right to change a gateway's directory, held by one process at a time.
///
/// The kernel frees it when the process ends, however it ends. The file stays; it holds the last holder's process id
/// and how often the lock has been taken, for messages and for those who wait.
final class DirectoryLock: Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        // Closing isn't enough: a child of this process that is just being started still has a copy.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// - Throws: ``Held`` when another process holds it, ``SystemFailure`` when the file can't be used.
    static func acquire(_ path: String) throws -> DirectoryLock {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = SystemFailure("lock", path)
            defer { close(descriptor) }
            guard failure.number == EWOULDBLOCK else { throw failure }
            let last = note(descriptor)
            throw Held(processID: last?.holder, turn: last?.turn)
        }
        let turn = (note(descriptor)?.turn ?? 0) &+ 1
        let text = Array("\(getpid()) \(turn)\n".utf8)
        let written = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == text.count, ftruncate(descriptor, off_t(text.count)) == 0 else {
            let failure = SystemFailure("write", path)
            close(descriptor)
            throw failure
        }
        return DirectoryLock(descriptor: descriptor)
    }

    /// What the last holder wrote; nil: not yet anything, or nothing that makes sense.
    private static func note(_ descriptor: Int32) -> (holder: Int32, turn: UInt64?)? {
        var bytes = [UInt8](repeating: 0, count: 40)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        let words = String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            .split(separator: " ")
        guard let first = words.first, let holder = Int32(first) else { return nil }
        return (holder, words.dropFirst().first.flatMap { UInt64($0) })
    }

    /// Another process holds the lock.
    struct Held: Error {
        /// Its process id, unless it had not written it yet.
        let processID: Int32?
        /// How often the lock had been taken: another number, another holder, though the process may be the same.
        let turn: UInt64?

        /// `process 4711`
        var holder: String { processID.map { "process \($0)" } ?? "another process" }
    }
}
