import X509Auth

/// The gateway's registration code, made when it is first asked for and kept.
enum RegistrationCodeFile {
    /// Nil if it can be neither read nor made.
    static func code(at path: String) -> RegistrationCode? {
        if let text = try? DurableFile.readText(path, limit: 1_024) {
            return RegistrationCode(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        guard !DurableFile.exists(path) else { return nil }
        let code = RegistrationCode()
        do {
            try DurableFile.write(code.commonName + "\n", toNew: path, mode: 0o600)
            return code
        } catch {
            return nil
        }
    }
}
