#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's limit of open files (`RLIMIT_NOFILE`).
enum OpenFiles {
    static var limit: Int {
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return .max }
        return Int(clamping: limits.rlim_cur)
    }

    #if canImport(Glibc)
    static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
    #else
    static var resource: Int32 { RLIMIT_NOFILE }
    #endif
}
