import ArgumentParser

/// Where the passphrase of the gateway's own authority's key is.
struct AuthorityPassphraseOptions: ParsableArguments {
    @Option(
        name: .customLong("ca-passphrase-file"),
        help: ArgumentHelp(
            "File with the passphrase of the authority's encrypted key; only its owner may read it.",
            valueName: "file"))
    var file: String?

    @Option(
        name: .customLong("ca-passphrase-env"),
        help: ArgumentHelp("Environment variable that holds that passphrase instead.", valueName: "name"))
    var variable: String?

    /// Nil: none is named.
    var sources: PassphraseSources? {
        file == nil && variable == nil ? nil : PassphraseSources(file: file, variable: variable, asks: true)
    }

    /// The same for another command.
    var words: [String] {
        (file.map { ["--ca-passphrase-file", $0] } ?? [])
            + (variable.map { ["--ca-passphrase-env", $0] } ?? [])
    }

    func validate() throws {
        if file != nil, variable != nil {
            throw ValidationError("Name either --ca-passphrase-file or --ca-passphrase-env.")
        }
    }
}
