extension TLSDomain {
    /// What can be told without OpenSSL.
    static func validate(_ domains: [TLSDomain], defaultDomain: String?) throws(TLSError) {
        for domain in domains { try domain.validate() }
        guard let defaultDomain else { return }
        guard domains.contains(where: { $0.name == defaultDomain }) else {
            throw .configuration("there is no domain of the name \"\(defaultDomain)\" to be the default")
        }
    }

    private func validate() throws(TLSError) {
        guard !name.isEmpty else { throw .configuration("a domain needs a name") }
        for serverName in serverNames {
            let host = serverName.hasPrefix("*.") ? serverName.dropFirst(2) : serverName[...]
            guard !host.isEmpty, serverName.utf8.count <= 253, !host.hasSuffix("."), !host.hasPrefix("."),
                host.utf8.allSatisfy(isHostNameByte)
            else {
                throw .configuration(
                    "the domain \"\(name)\" answers for \"\(serverName)\", which is neither a host name nor "
                        + "\"*.\" and one")
            }
        }
        for port in ports where !(1...65_535).contains(port) {
            throw .configuration("the domain \"\(name)\" is served on port \(port); ports are 1 to 65535")
        }
        try validateProtocols(whenOffering)
    }
}
