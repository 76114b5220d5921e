import Logging

extension SettingKind<String> {
    static var host: SettingKind {
        .word("an IP address or a host name") { text in
            let bytes = text.utf8
            guard !bytes.isEmpty, bytes.count <= 253 else { return nil }
            return bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") } ? text : nil
        } render: {
            "\"\($0)\""
        }
    }

    static var partition: SettingKind { choice(["aws", "aws-cn", "aws-us-gov"].map { ($0, $0) }) }

    static var region: SettingKind {
        .word("an AWS Region's code, such as eu-central-1") { text in
            guard !text.isEmpty, text.utf8.count <= 32 else { return nil }
            let isCode = text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
            return isCode ? text : nil
        } render: {
            $0
        }
    }

    static var accountID: SettingKind {
        .word("twelve digits") { text in
            let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return text.utf8.count == 12 && isNumber ? text : nil
        } render: {
            "\"\($0)\""
        }
    }
}

extension SettingKind<String?> {
    /// A file, or none.
    static var file: SettingKind {
        textOrNone("a file name, relative to the gateway's directory", isPath)
    }

    /// A file that is not looked for in the gateway's directory, or none.
    static var path: SettingKind { textOrNone("a file's path", isPath) }

    static var variable: SettingKind {
        textOrNone("the name of an environment variable") { text in
            text.utf8.count <= 255
                && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") }
        }
    }

    private static func textOrNone(
        _ allowed: String, _ isText: @escaping @Sendable (String) -> Bool
    ) -> SettingKind {
        .word("\(allowed), or \"\" for none") { text in
            text.isEmpty ? .some(nil) : isText(text) ? .some(text) : nil
        } render: {
            "\"\($0 ?? "")\""
        }
    }
}

extension SettingKind<[String]> {
    /// Names of policies (AWS IoT, CreatePolicy: `[\w+=,.@-]+`, 128 characters at most).
    static var policyNames: SettingKind {
        words("a list of policy names") { word in
            (1...128).contains(word.utf8.count) && word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
    }

    /// Files, or what OpenSSL finds behind a URI.
    static var files: SettingKind {
        words("a list of file names, relative to the gateway's directory, or file: and pkcs11: URIs") {
            isPath($0)
        }
    }

    static var serverNames: SettingKind {
        words("a list of host names, or *. and a host name") { word in
            MachineNames.isHostName(word.hasPrefix("*.") ? String(word.dropFirst(2)) : word)
        }
    }

    static var protocolNames: SettingKind {
        words("a list of ALPN protocol names of 1 to 255 bytes") { (1...255).contains($0.utf8.count) }
    }
}

/// Not empty, and nothing a terminal or C would stumble over.
@Sendable private func isPath(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 4_096 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
}

extension SettingKind<Logger.Level> {
    static var logLevel: SettingKind { choice(Logger.Level.allCases.map { ($0.rawValue, $0) }) }
}
