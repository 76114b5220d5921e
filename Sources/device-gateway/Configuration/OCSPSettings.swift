import DeviceGateway
import X509Auth

/// The section `ocsp`: asking about devices' certificates.
struct OCSPSettings: Sendable {
    var mode = RevocationMode.none
    var responders: [String] = []
    var authorityResponders: [AuthorityResponder] = []
    var asksCertificateURLs = false
    var timeout = Duration.seconds(5)
    var cacheSize = 10_000

    /// What the gateway does; `nil`: nobody is asked.
    var clientOCSP: ClientOCSP? {
        guard mode != .none else { return nil }
        var ocsp = ClientOCSP(mode: mode, responders: responders)
        for entry in authorityResponders {
            ocsp.respondersByAuthority[entry.authority, default: []].append(entry.url)
        }
        ocsp.asksCertificateURLs = asksCertificateURLs
        // Whole seconds, of which a part counts as one.
        let (seconds, attoseconds) = timeout.components
        ocsp.timeout = seconds + (attoseconds > 0 ? 1 : 0)
        ocsp.cacheCapacity = cacheSize
        return ocsp
    }

    private var namesSomebody: Bool {
        !responders.isEmpty || !authorityResponders.isEmpty || asksCertificateURLs
    }

    func contradictions(connectTimeout: Duration) -> [String] {
        guard mode != .none else {
            return namesSomebody
                ? ["the responders of section ocsp have no effect while ocsp.mode is none"] : []
        }
        var problems: [String] = []
        if !namesSomebody {
            problems.append(
                "ocsp.mode is \(mode.rawValue), but there is nobody to ask; name ocsp.responders or "
                    + "ocsp.authority-responders, or set ocsp.asks-certificate-urls")
        }
        if timeout >= connectTimeout {
            problems.append(
                "ocsp.timeout is not below limits.connect-timeout; devices would be ended before they are decided on"
            )
        }
        return problems
    }
}

/// A responder of one authority, written `<authority>=<URL>`.
struct AuthorityResponder: Sendable, Equatable, LosslessStringConvertible {
    var authority: CertificateID
    var url: String

    init?(_ description: String) {
        let parts = description.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let authority = CertificateID(String(parts[0])),
            ClientOCSP.isResponderURL(String(parts[1]))
        else { return nil }
        self.authority = authority
        url = String(parts[1])
    }

    var description: String { "\(authority)=\(url)" }
}

extension SettingKind<[String]> {
    static var responderURLs: SettingKind {
        SettingKind(
            allowed: "a list of http URLs (https would add nothing: OCSP responses are signed)", isList: true,
            parse: { words in words.allSatisfy(ClientOCSP.isResponderURL) ? words : nil },
            render: { "[\($0.map { "\"\($0)\"" }.joined(separator: ", "))]" })
    }
}

extension SettingKind<[AuthorityResponder]> {
    static var authorityResponders: SettingKind {
        SettingKind(
            allowed: "a list of entries <authority's id>=<http URL>; `ca list` shows ids", isList: true,
            parse: { words in
                let entries = words.compactMap { AuthorityResponder($0) }
                return entries.count == words.count ? entries : nil
            },
            render: { "[\($0.map { "\"\($0)\"" }.joined(separator: ", "))]" })
    }
}

extension Setting {
    /// The section `ocsp`.
    static let ocsp: [Setting] = [
        Setting(
            "ocsp.mode", \.ocsp.mode, .choice([("none", .none), ("soft", .soft), ("hard", .hard)]),
            "Whether authorities' OCSP responders are asked about devices; hard refuses without a usable answer."
        ),
        Setting(
            "ocsp.responders", \.ocsp.responders, .responderURLs,
            "Responders of every authority that has none of its own below, asked in this order."),
        Setting(
            "ocsp.authority-responders", \.ocsp.authorityResponders, .authorityResponders,
            "Responders of particular authorities, asked in this order."),
        Setting(
            "ocsp.asks-certificate-urls", \.ocsp.asksCertificateURLs, .onOrOff,
            "Asks the URLs in a device's certificate where none are named here. Its authority then decides where "
                + "this gateway sends requests."),
        Setting(
            "ocsp.timeout", \.ocsp.timeout, .time(.seconds(1) ... .seconds(60)),
            "For all responders asked about one device, in whole seconds; the device waits meanwhile."),
        Setting(
            "ocsp.cache-size", \.ocsp.cacheSize, .count(1...10_000_000),
            "Answers kept, some 150 bytes each."),
    ]
}
