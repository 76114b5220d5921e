/// What decides whom a domain lets in. A session resumes only where all of it is the same.
struct SessionScope {
    private(set) var bytes: [UInt8] = Array("swift-device-gateway sessions 1".utf8)

    init() {}

    init(server configuration: TLSServerConfiguration, domain: TLSDomain?) {
        add(domain?.name ?? "")
        add(domain?.applicationProtocol ?? "")
        // Without a name, the server is who its certificates say it is.
        if domain == nil {
            for credential in configuration.credentials { add(credential.storage.fingerprint) }
        }
        switch configuration.clientCertificate {
        case .none: add("none")
        case .optional: add("optional")
        case .required: add("required")
        }
        add(configuration.verifyClient == nil ? "" : "judged")
        add(configuration.clientAuthoritiesPEM ?? "")
        add("\(configuration.versions)")
        add(configuration.cipherSuites ?? "")
        add(configuration.cipherSuitesTLS13 ?? "")
        add(configuration.groups)
    }

    /// With its length, so that no two lists of parts make the same bytes.
    private mutating func add(_ part: some Collection<UInt8>) {
        withUnsafeBytes(of: UInt64(part.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: part)
    }

    private mutating func add(_ part: String) { add(part.utf8) }
}
