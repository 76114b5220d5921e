import GatewayTLS

extension SettingKind<TLSSecurityPolicy?> {
    static var securityPolicy: SettingKind {
        let names = TLSSecurityPolicy.all.map {
            $0.name.split(separator: "_").dropFirst().joined(separator: "_")
        }
        return .word("none, or one of " + names.joined(separator: ", ")) { text in
            if text == "none" { return .some(nil) }
            return TLSSecurityPolicy(name: text).map { .some($0) }
        } render: {
            $0?.name ?? "none"
        }
    }
}

extension SettingKind<TLSVersion?> {
    static var tlsVersionOrDefault: SettingKind {
        choice([("default", nil), ("1.0", .v1_0), ("1.1", .v1_1), ("1.2", .v1_2), ("1.3", .v1_3)])
    }
}

extension SettingKind<[AddressPrefix]> {
    static var addressPrefixes: SettingKind {
        SettingKind(
            allowed: "a list of addresses or blocks, such as 192.0.2.1 or 2001:db8::/32", isList: true,
            parse: { words in
                let prefixes = words.compactMap { AddressPrefix($0) }
                return prefixes.count == words.count ? prefixes : nil
            },
            render: { "[\($0.map { "\"\($0)\"" }.joined(separator: ", "))]" })
    }
}
