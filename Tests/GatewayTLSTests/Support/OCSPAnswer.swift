import Foundation

/// OCSP responses made with the `openssl` command.
struct OCSPAnswer {
    /// Status of the certificate as an `openssl ca` index has it.
    enum Status: String {
        case good = "V"
        case revoked = "R"
        case unknown
    }

    var about: TestPKI.Identity
    var issuer: TestPKI.Identity
    /// Who signs; nil: the issuer.
    var signer: TestPKI.Identity?
    var status = Status.good
    /// Days until nextUpdate; nil: the response names none.
    var days: Int? = 7
    var digest = "-sha1"

    /// The response's file.
    func file() throws -> String {
        let pki = try TestPKI.shared
        let base = "\(pki.directory)/\(UUID())"
        let serial = try OpenSSLCommand.run(["x509", "-in", about.certificateFile, "-noout", "-serial"])
            .trimmingCharacters(in: .whitespacesAndNewlines).dropFirst("serial=".count)
        let revocation = status == .revoked ? "250101000000Z" : ""
        let line =
            status == .unknown
            ? "" : "\(status.rawValue)\t491231235959Z\t\(revocation)\t\(serial)\tunknown\t/CN=x\n"
        try line.write(toFile: base + ".index", atomically: true, encoding: .utf8)
        let signer = self.signer ?? issuer
        try OpenSSLCommand.run(
            [
                "ocsp", "-index", base + ".index", "-CA", issuer.certificateFile, "-issuer",
                issuer.certificateFile,
                "-rsigner", signer.certificateFile, "-rkey", signer.keyFile, digest, "-cert",
                about.certificateFile,
                "-respout", base + ".ocsp", "-noverify",
            ] + (days.map { ["-ndays", String($0)] } ?? []))
        return base + ".ocsp"
    }

    func der() throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: file()))) }
}
