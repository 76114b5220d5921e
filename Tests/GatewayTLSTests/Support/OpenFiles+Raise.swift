import Foundation

@testable import GatewayTLS

extension OpenFiles {
    /// Raises this process's limit to what is allowed, and returns it.
    static func raise() -> Int {
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return 0 }
        limits.rlim_cur = limits.rlim_max
        return setrlimit(resource, &limits) == 0 ? limit : 0
    }
}
