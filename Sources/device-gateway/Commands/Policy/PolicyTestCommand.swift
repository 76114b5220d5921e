import ArgumentParser
import DeviceGateway
import IoTPolicy
import X509Auth

struct PolicyTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Asks policies whether a device may do something, and explains the answer.",
        discussion: """
            A resource is an ARN, or just the client ID, topic or topic filter. Without --client-id the client ID \
            is the thing's name, as a device connects.

              device-gateway policy test --file pumps.json --thing pump-7 --action connect
              device-gateway policy test --file pumps.json --thing pump-7 \\
                --action publish --resource pumps/pump-7/flow --expect allowed

            With --expect the exit status is 1 when the answer is another one.
            """)

    @Option(
        name: .customLong("file"),
        help: ArgumentHelp("A policy document; repeatable, all are in force together.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp("connect, publish, receive, subscribe, retain-publish, or an action's full name."))
    var action: String

    @Option(
        name: .customLong("resource"),
        help: ArgumentHelp(
            "What it is done to; repeatable (default for connect: the client ID).", valueName: "name"))
    var resources: [String] = []

    @Option(help: ArgumentHelp("The MQTT client ID.", valueName: "id"))
    var clientID: String?

    @Option(help: ArgumentHelp("The thing that the certificate is attached to.", valueName: "name"))
    var thing: String?

    @Option(help: ArgumentHelp("The thing's type.", valueName: "name"))
    var thingType: String?

    @Option(
        name: .customLong("attribute"),
        help: ArgumentHelp("An attribute of the thing; repeatable.", valueName: "name=value"))
    var attributes: [String] = []

    @Flag(help: "The thing exists, but the certificate is not attached to it.")
    var notAttached = false

    @Option(
        help: ArgumentHelp("The device's certificate, PEM, for certificate variables.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("The device's address (aws:SourceIp).", valueName: "address"))
    var sourceIP: String?

    @Option(help: ArgumentHelp("The server name it asked for (iot:DomainName).", valueName: "name"))
    var domainName: String?

    @Option(help: ArgumentHelp("The answer that is right.", valueName: "allowed|denied"))
    var expect: Expectation?

    enum Expectation: String, ExpressibleByArgument, CaseIterable {
        case allowed, denied
    }

    @Option(help: ArgumentHelp("Region in the ARNs.", valueName: "region"))
    var awsRegion = GatewaySettings.AWS().region

    @Option(help: ArgumentHelp("Account in the ARNs.", valueName: "id"))
    var awsAccountID = GatewaySettings.AWS().accountID

    func validate() throws {
        if files.isEmpty { throw ValidationError("Name at least one document with --file.") }
        for attribute in attributes where !attribute.contains("=") {
            throw ValidationError("--attribute needs name=value.")
        }
        if thing == nil, thingType != nil || !attributes.isEmpty || notAttached {
            throw ValidationError("--thing-type, --attribute and --not-attached belong to a --thing.")
        }
        if resources.isEmpty, !(isConnect && effectiveClientID != nil) {
            throw ValidationError("Name at least one --resource.")
        }
        for resource in resources { _ = try request(resource) }
    }

    func run() throws {
        let policies = PolicySet(
            try files.map { NamedPolicy(name: $0, document: try PolicyFile($0).document) })
        let context = try context()
        let names = resources.isEmpty ? [effectiveClientID ?? ""] : resources
        var isAsExpected = true
        for (index, name) in names.enumerated() {
            let explanation = policies.explain(try request(name), in: context)
            if index > 0 { Terminal.print("") }
            Terminal.print("\(explanation)")
            if let expect {
                isAsExpected = isAsExpected && explanation.decision.isAllowed == (expect == .allowed)
            }
        }
        guard isAsExpected else {
            Terminal.note("Expected \(expect?.rawValue ?? "").")
            throw ExitCode.failure
        }
    }

    private var isConnect: Bool { ["connect", "iot:connect"].contains(action.lowercased()) }
    private var effectiveClientID: String? { clientID ?? thing }

    /// Names of MQTT actions as people type them, with the resource type each is judged on.
    private static let mqttActions: [String: (name: String, resourceType: String)] = [
        "connect": ("iot:Connect", "client"), "publish": ("iot:Publish", "topic"),
        "receive": ("iot:Receive", "topic"), "subscribe": ("iot:Subscribe", "topicfilter"),
        "retainpublish": ("iot:RetainPublish", "topic"),
    ]

    private func request(_ name: String) throws -> PolicyRequest {
        let bare = action.lowercased().filter { $0 != "-" }
        let known = Self.mqttActions[bare.hasPrefix("iot:") ? String(bare.dropFirst(4)) : bare]
        guard known != nil || action.contains(":") else {
            throw ValidationError(
                "“\(action)” is no MQTT action; other actions are given with their service, such as iot:GetThingShadow."
            )
        }
        if name == "*" || name.hasPrefix("arn:") {
            return PolicyRequest(action: known?.name ?? action, resource: name)
        }
        guard let known else {
            throw ValidationError("With \(action) the resource has to be an ARN or *.")
        }
        let scope = ARNScope(region: awsRegion, accountID: awsAccountID)
        return PolicyRequest(action: known.name, resource: scope.arn(type: known.resourceType, name: name))
    }

    private func context() throws -> PolicyContext {
        var context = PolicyContext(
            clientID: effectiveClientID, sourceIP: sourceIP, domainName: domainName, time: Timestamp.now())
        if let thing {
            let pairs = attributes.map { attribute in
                let parts = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts[1]))
            }
            context.thing = ThingContext(
                name: thing, typeName: thingType,
                attributes: Dictionary(pairs, uniquingKeysWith: { $1 }), isAttached: !notAttached)
        }
        if let certificate {
            let certificate = try X509Certificate(pem: try InputFile.text(certificate))
            context.certificate = CertificateContext(
                id: certificate.id.string, serialNumber: certificate.serialNumber.decimal,
                subject: certificate.subject.policyAttributes, issuer: certificate.issuer.policyAttributes,
                subjectAlternativeNames: certificate.subjectAlternativeNames.policyAttributes,
                issuerAlternativeNames: certificate.issuerAlternativeNames.policyAttributes)
        }
        return context
    }
}
