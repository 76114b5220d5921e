import NIOCore

extension SocketAddress {
    /// Address and port as people write them.
    var displayName: String {
        guard let ipAddress, let port else { return description }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }
}
