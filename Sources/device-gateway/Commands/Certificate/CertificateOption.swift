import ArgumentParser
import DeviceGateway

/// Which certificate is meant.
struct CertificateOption: ParsableArguments {
    @Argument(help: "The certificate's id, or its first six or more digits.")
    var id: String?

    @Option(help: ArgumentHelp("The device whose certificate is meant, instead of an id.", valueName: "name"))
    var thing: String?

    var selector: CertificateSelector {
        if let id { .id(id) } else { .thing(thing ?? "") }
    }

    func validate() throws {
        guard (id == nil) != (thing == nil) else {
            throw ValidationError("Name the certificate: either its id or --thing with the device's name.")
        }
    }
}
