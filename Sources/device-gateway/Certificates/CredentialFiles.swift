import GatewayTLS

/// Reads what ``CredentialSettings`` name.
struct CredentialFiles: Sendable {
    let settings: CredentialSettings
    let directory: GatewayDirectory
    /// The process's environment.
    let environment: [String: String]

    /// The credentials, each with the OCSP response that is about it.
    ///
    /// - Parameter remarks: gets what is wrong with OCSP responses, which keeps no device out.
    /// - Throws: ``TLSError`` naming the file.
    func read(now: Int64, remarks: inout [String]) throws(TLSError) -> [TLSCredential] {
        var credentials: [TLSCredential] = []
        for (certificate, key) in zip(settings.certificateFiles, settings.privateKeyFiles) {
            credentials.append(try read(certificate, key))
        }
        for file in settings.pkcs12Files {
            credentials.append(try TLSCredential(pkcs12File: resolve(file), passphrase: passphrase))
        }
        for path in secretPaths where DurableFile.isOpenToAll(path) {
            remarks.append(
                "\(PlainText.oneLine(path)) holds a secret that every user of this machine can get at; close it with: "
                    + ShellQuoting.line(["chmod", "600", path]))
        }
        for file in settings.stapleFiles {
            staple(resolve(file), to: &credentials, now: now, remarks: &remarks)
        }
        return credentials
    }

    /// Every file of them.
    var paths: [String] {
        paths(settings.certificateFiles + settings.stapleFiles) + secretPaths
    }

    /// Those that nobody else should read.
    private var secretPaths: [String] {
        paths(
            settings.privateKeyFiles + settings.pkcs12Files + (settings.passphraseFile.map { [$0] } ?? []))
    }

    private func paths(_ files: [String]) -> [String] {
        files.compactMap { file in
            guard Self.isURI(file) else { return resolve(file) }
            return file.hasPrefix("file:") ? resolve(String(file.dropFirst("file:".count))) : nil
        }
    }

    private func read(_ certificate: String, _ key: String) throws(TLSError) -> TLSCredential {
        guard Self.isURI(certificate) || Self.isURI(key) else {
            return try TLSCredential(
                certificateChainFile: resolve(certificate), privateKeyFile: resolve(key),
                passphrase: passphrase)
        }
        func uri(_ text: String) -> String { Self.isURI(text) ? text : "file:" + resolve(text) }
        return try TLSCredential(certificateURI: uri(certificate), keyURI: uri(key), passphrase: passphrase)
    }

    private var passphrase: TLSPassphrase? {
        if let file = settings.passphraseFile { return .file(resolve(file)) }
        guard let name = settings.passphraseVariable else { return nil }
        let value = environment[name]
        return TLSPassphrase { (buffer) throws(TLSError) in
            guard let value, value.utf8.count <= buffer.count else {
                throw TLSError(
                    code: .wrongPassphrase, sideAtFault: .local,
                    message: "the environment variable \(name), which is to hold the passphrase, "
                        + (value == nil ? "is not set" : "is longer than \(buffer.count) bytes"))
            }
            buffer.copyBytes(from: value.utf8)
            return value.utf8.count
        }
    }

    private func staple(
        _ file: String, to credentials: inout [TLSCredential], now: Int64, remarks: inout [String]
    ) {
        var problem = "\"\(file)\" is about none of the certificates"
        for index in credentials.indices {
            do throws(TLSError) {
                let staple = try TLSStaple(file: file, for: credentials[index])
                guard staple.isCurrent(at: now) else {
                    remarks.append(
                        "The OCSP response \"\(file)\" is not current (\(staple)); its certificate is served "
                            + "without one.")
                    return
                }
                credentials[index] = try credentials[index].stapling(staple)
                return
            } catch {
                problem = error.message
            }
        }
        remarks.append("\(PlainText.sentence(problem)) The certificate is served without an OCSP response.")
    }

    private func resolve(_ file: String) -> String { directory.resolve(file) }

    /// A scheme of more than one letter, before any slash.
    static func isURI(_ text: String) -> Bool {
        let scheme = text.prefix { $0 != ":" && $0 != "/" }
        return scheme.utf8.count > 1 && text.dropFirst(scheme.count).first == ":"
    }
}
