import DeviceGateway
import Logging

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// File descriptors, of which every connection takes one.
enum DescriptorLimit {
    /// Kept back for the registry, the operator socket, and for closing a connection too many: the operator can
    /// deactivate a certificate however many connections an attacker opens.
    static let reserve = 128

    /// Raises this process's limit as far as the system lets it.
    ///
    /// - Returns: the limit in force.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(Self.resource, &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(Self.resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Connections that fit: as many as wanted, or as the descriptors allow.
    static func connections(wanted: Int, descriptors: Int, logger: Logger) -> Int {
        let possible = max(1, descriptors - reserve)
        guard wanted > possible else { return wanted }
        logger.notice(
            "Fewer connections than configured: the process may open too few files (ulimit -n)",
            metadata: ["configured": "\(wanted)", "possible": "\(possible)", "descriptors": "\(descriptors)"])
        return possible
    }

    #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let resource = RLIMIT_NOFILE
    #endif
}
