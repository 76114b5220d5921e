#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A system call that failed on a path.
struct SystemFailure: Error, CustomStringConvertible {
    let doing: String
    let path: String
    let number: Int32

    /// Takes the error number of the call that has just failed.
    init(_ doing: String, _ path: String, number: Int32 = errno) {
        self.doing = doing
        self.path = path
        self.number = number
    }

    var description: String {
        let reason = String(cString: strerror(number))
        let advice =
            switch number {
            case EACCES, EPERM:
                " Check who owns it and its directory; this command runs as user \(geteuid())."
            case ENOENT, ENOTDIR: " Check the path; every directory above it has to exist."
            case EROFS: " The file system is mounted read-only."
            case ENOSPC, EDQUOT: " Free some space and try again."
            default: ""
            }
        return "Can't \(doing) \(path): \(reason).\(advice)"
    }
}
