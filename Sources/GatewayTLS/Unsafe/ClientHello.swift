import CGatewayOpenSSL

extension gw_tls_hello {
    /// The versions a hello offers, as operators write them.
    var offer: String {
        guard highest_version != 0 else { return "no version that is known" }
        let highest = Self.name(highest_version)
        if lowest_version == 0 { return highest_version <= 0x0301 ? "\(highest) only" : "at most \(highest)" }
        return lowest_version == highest_version
            ? "\(highest) only" : "\(Self.name(lowest_version)) to \(highest)"
    }

    private static func name(_ version: UInt16) -> String {
        TLSVersion(rawValue: version)?.description ?? (version == 0x0300 ? "SSL 3.0" : "an unknown version")
    }

    /// The host name asked for, in lower case; nil if it is none.
    var hostName: String? {
        let bytes = UnsafeRawBufferPointer(start: server_name, count: server_name_length)
        guard !bytes.isEmpty else { return nil }
        guard bytes.allSatisfy(isHostNameByte) else { return nil }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }

    /// Whether there is a server name that cannot be a host's.
    var isNameUnusable: Bool { names_server != 0 && hostName == nil }

    /// Why no domain answers this hello.
    func refusal(_ refusal: DomainRefusal?) -> (TLSError.Code, String) {
        let name = hostName.map { "\"\($0)\"" } ?? "a server name that is no host name"
        switch refusal {
        case .missingServerName:
            return (
                .missingServerName,
                "the client sent no server name (SNI), and there is no default domain here to answer it"
            )
        case .unknownServerName:
            return (.unknownServerName, "the client asked for \(name), which is no domain of this listener")
        case .notFound:
            return (
                .unknownServerName,
                "the client asked for \(names_server == 0 ? "no server name" : name), and the look-up "
                    + "of domains found none for it"
            )
        case .noApplicationProtocol:
            return (
                .noApplicationProtocol,
                protocols_length == 0
                    ? "the client offered no application protocol (ALPN), and the domain it asked for needs one"
                    : "the client offered the application protocols \(protocolNames); the domain it asked for "
                        + "serves none of them here"
            )
        case .unusable:
            return (.domainRefused, "the look-up of domains returned a client's context, which cannot answer")
        case nil:
            return (.domainRefused, "no domain could be chosen for the client's hello")
        }
    }

    /// The hello as the choice of a domain sees it.
    func clientHello(localPort: Int?) -> TLSClientHello {
        TLSClientHello(
            serverName: hostName,
            applicationProtocols: protocolList.map { String(decoding: $0, as: UTF8.self) },
            versions: offeredVersions, localPort: localPort)
    }

    private var offeredVersions: ClosedRange<TLSVersion>? {
        guard let highest = TLSVersion(rawValue: highest_version) else { return nil }
        let lowest = TLSVersion(rawValue: lowest_version) ?? .v1_0
        return lowest <= highest ? lowest...highest : nil
    }

    private var protocolList: [Slice<UnsafeRawBufferPointer>] {
        var names: [Slice<UnsafeRawBufferPointer>] = []
        var rest = UnsafeRawBufferPointer(start: protocols, count: protocols_length)[...]
        while let length = rest.first, rest.count > Int(length) {
            names.append(rest.dropFirst().prefix(Int(length)))
            rest = rest.dropFirst(1 + Int(length))
        }
        return names
    }

    /// The application protocols offered, quoted, with everything but printable ASCII replaced.
    var protocolNames: String {
        protocolList.map { name in
            let printable = name.map { (0x21...0x7e).contains($0) ? $0 : 0x3f }
            return "\"" + String(decoding: printable, as: UTF8.self) + "\""
        }.joined(separator: ", ")
    }
}
