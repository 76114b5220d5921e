import NIOCore
import X509Auth

/// What `serve` says once it listens.
struct Greeting {
    let directory: GatewayDirectory
    let events: [GatewayHome.Event]
    /// The certificate in the directory; nil when the settings name others.
    let server: ServerCredential?

    /// The greeting: long for a new gateway, short for one that was there before.
    func text(tls: SocketAddress?, plaintext: SocketAddress?) -> String {
        var lines = remarks
        if let tls { lines.append("Listening for devices on \(Self.text(tls)) (MQTT over TLS).") }
        if let plaintext { lines.append("Listening without TLS on \(Self.text(plaintext)).") }
        if events.contains(.createdAuthority) {
            lines += ["", "Next, add a device from another terminal:", "", "  \(addCommand)"]
        }
        return lines.joined(separator: "\n")
    }

    private var remarks: [String] {
        var lines: [String] = []
        if events.contains(.createdAuthority) {
            lines += [
                "Created a gateway in \(directory.path):", "",
                "  ca.pem, ca-private.key   its certificate authority; keep a backup of the key",
            ]
            if let names { lines.append("  server.pem               its certificate, for \(names)") }
            lines += [
                "  gateway.yaml             its configuration, every setting explained",
                "  registry.sqlite          devices, certificates and policies", "",
            ]
        } else {
            if events.contains(.wroteConfiguration) {
                lines.append("Wrote \(directory.configuration) with the defaults.")
            }
            if let server, let reason = server.issued {
                lines.append(
                    "Issued a new server certificate (\(reason.explanation)), valid to "
                        + "\(Timestamp.text(server.certificate.notAfter)). Devices need nothing new.")
            }
        }
        for event in events {
            switch event {
            case .rewrotePolicy(let name, let scope):
                lines.append(
                    "Policy \(name) now names this gateway's ARNs, \(scope). Keep partition, region and account in "
                        + "gateway.yaml (section aws), not in flags: the next start without them rewrites it."
                )
            case .createdPolicy(let name) where !events.contains(.createdAuthority):
                lines.append("Created policy \(name).")
            default: break
            }
        }
        return lines
    }

    private var names: String? {
        guard let server else { return nil }
        let names = server.certificate.subjectAlternativeNames.policyAttributes
        return ((names["DNSName"] ?? []) + (names["IPAddress"] ?? [])).joined(separator: ", ")
    }

    private var addCommand: String {
        var words = ["device-gateway", "device", "add", "device1"]
        if directory != GatewayDirectory("./gateway") { words += ["--directory", directory.path] }
        return ShellQuoting.line(words)
    }

    private static func text(_ address: SocketAddress) -> String {
        let host = address.ipAddress ?? "?"
        return host.contains(":") ? "[\(host)]:\(address.port ?? 0)" : "\(host):\(address.port ?? 0)"
    }
}
