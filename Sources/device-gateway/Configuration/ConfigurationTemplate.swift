/// The configuration file that a new gateway starts with: every setting, commented out at its default.
enum ConfigurationTemplate {
    static let text: String = {
        var lines = [
            "# Configuration of this device gateway.",
            "#",
            "# Every setting is here, commented out at its default. Take the # away before a line to change it,",
            "# then restart the gateway. A setting can also be given as a flag (device-gateway serve --help) or as",
            "# an environment variable (tls.port is DEVICE_GATEWAY_TLS_PORT); flags win over the environment, and",
            "# the environment over this file.",
        ]
        var section: Substring = ""
        for setting in Setting.all {
            if setting.section != section {
                section = setting.section
                lines += ["", "\(section):"]
            }
            lines.append("  # \(setting.summary)")
            lines.append("  # Allowed: \(setting.allowed).")
            lines.append("  #\(setting.name): \(setting.standard)")
        }
        lines += [
            "", "domain:",
            "  # Server names with settings of their own, each domain under a name of your choice.",
            "  #example:",
        ]
        for setting in Setting.domain(named: "example") {
            lines.append("  #  # \(setting.summary)")
            lines.append("  #  # Allowed: \(setting.allowed).")
            lines.append("  #  \(setting.key.dropFirst("domain.example.".count)): \(setting.standard)")
        }
        return lines.joined(separator: "\n") + "\n"
    }()
}
