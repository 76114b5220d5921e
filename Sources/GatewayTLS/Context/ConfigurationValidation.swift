extension TLSServerConfiguration {
    /// What can be told without OpenSSL.
    func validate() throws(TLSError) {
        guard !credentials.isEmpty else {
            throw .configuration("a TLS server needs at least one credential")
        }
        var kinds = Set<String>()
        for credential in credentials where !kinds.insert(credential.keyKind).inserted {
            throw .configuration(
                "there are two \(credential.keyKind) credentials; a server presents one for each kind of key")
        }
        if clientCertificate == .none {
            guard verifyClient == nil, clientAuthoritiesPEM == nil else {
                throw .configuration(
                    "client certificates are to be verified, but clientCertificate is .none: none would "
                        + "be asked for. Use .required or .optional")
            }
        } else if verifyClient == nil && clientAuthoritiesPEM == nil {
            throw .configuration(
                "client certificates are asked for, but nothing judges them: set verifyClient, "
                    + "clientAuthoritiesPEM, or both")
        }
        try validateProtocols(applicationProtocols)
        try rejectNUL(groups, cipherSuites, cipherSuitesTLS13)
    }
}

extension TLSClientConfiguration {
    /// What can be told without OpenSSL.
    func validate() throws(TLSError) {
        if let serverName {
            // RFC 6066, section 3: ASCII, no trailing dot. An address may contain colons.
            let isName =
                !serverName.isEmpty && serverName.utf8.count <= 253 && !serverName.hasSuffix(".")
                && serverName.utf8.allSatisfy(isHostNameByte)
            let isAddress = !serverName.utf8.contains(0) && isIPAddress(serverName)
            guard isName || isAddress else {
                throw .configuration("the server name is neither a host name nor an IP address")
            }
        } else if verification == .full {
            throw .configuration(
                "full verification needs serverName, the name the server's certificate must carry")
        }
        try validateProtocols(applicationProtocols)
        try rejectNUL(groups, cipherSuites, cipherSuitesTLS13)
    }
}

extension TLSError {
    static func configuration(_ message: String) -> TLSError {
        TLSError(code: .invalidConfiguration, sideAtFault: .local, message: message)
    }

    static func misuse(_ message: String) -> TLSError {
        TLSError(code: .misuse, sideAtFault: .local, message: message)
    }
}

/// Letters, digits, "-", "_" and ".".
func isHostNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
    default: false
    }
}

/// RFC 7301, section 3.1: names of 1 to 255 bytes, a list of at most 65,535.
func validateProtocols(_ names: [String]) throws(TLSError) {
    for name in names where !(1...255).contains(name.utf8.count) {
        throw .configuration("an application protocol's name has 1 to 255 bytes; \"\(name)\" has not")
    }
    guard names.reduce(0, { $0 + $1.utf8.count + 1 }) <= 65_535 else {
        throw .configuration("the application protocols' names exceed 65,535 bytes")
    }
}

/// A NUL would end the text early on its way to OpenSSL.
private func rejectNUL(_ texts: String?...) throws(TLSError) {
    for text in texts where text?.utf8.contains(0) == true {
        throw .configuration("cipher suites and groups must not contain NUL")
    }
}
