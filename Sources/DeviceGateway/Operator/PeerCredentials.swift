import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Which user is at the other end of a unix socket, as the kernel knows it.
enum PeerCredentials {
    /// The peer's effective user id; nil when the kernel doesn't say.
    static func userID(of channel: any Channel) async -> UInt32? {
        guard let options = channel as? any SocketOptionProvider else { return nil }
        #if canImport(Darwin)
        let credentials: xucred? = try? await options.unsafeGetSocketOption(
            level: .init(rawValue: 0), name: .init(rawValue: LOCAL_PEERCRED)
        ).get()
        return credentials?.cr_uid
        #else
        // `struct ucred` of unix(7): process, user and group id.
        let credentials: Credentials? = try? await options.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED)
        ).get()
        return credentials?.userID
        #endif
    }

    /// Whether the user may command a gateway that runs as this process's user. The superuser may:
    /// it could read the files in any case.
    static func mayOperate(userID: UInt32?) -> Bool {
        guard let userID else { return false }
        return userID == geteuid() || userID == 0
    }

    #if !canImport(Darwin)
    private struct Credentials: BitwiseCopyable {
        var processID: Int32
        var userID: UInt32
        var groupID: UInt32
    }
    #endif
}
