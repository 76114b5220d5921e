import X509Auth

extension GatewayOperator {
    func addDevice(_ name: String, policies: [String]) async throws -> DeviceCredential {
        // Before the key is made, so that a slip costs nothing; again in the transaction, where it counts.
        try RegistryNames.checkThing(name)
        try checkIsNew(name, registry.thing(name) != nil)
        for policy in policies { _ = try self.policy(policy) }
        let issued = try issue(for: name)
        let time = now()
        try await registry.write { [self] transaction throws(RegistryError) in
            try checkIsNew(name, (try? transaction.thingEntry(name)) != nil)
            try transaction.createThing(ThingRecord(name: name))
            try transaction.register(issued, for: name, policies: policies, now: time)
        }
        return credential(issued, thing: name, policies: policies)
    }

    func createCertificate(thing name: String, policies: [String]) async throws -> DeviceCredential {
        _ = try thing(name)
        for policy in policies { _ = try self.policy(policy) }
        let issued = try issue(for: name)
        let time = now()
        try await registry.write { transaction throws(RegistryError) in
            try transaction.register(issued, for: name, policies: policies, now: time)
        }
        return credential(issued, thing: name, policies: policies)
    }

    func thing(_ name: String) throws(RegistryError) -> ThingRecord {
        guard let thing = registry.thing(name) else {
            throw RegistryError(
                .notFound, "there is no device \(RegistryNames.quoted(name)); see device list")
        }
        return thing
    }

    func devices(after: String?, limit: Int?) async throws(RegistryError) -> OperatorPage<DeviceSummary> {
        let size = OperatorPage<DeviceSummary>.size(limit)
        let things = registry.things(after: after, limit: size + 1)
        let names = try await commonNames(
            of: things.prefix(size).flatMap { registry.certificates(attachedTo: $0.name) })
        return OperatorPage(things, after: nil, limit: size, name: \.name) { summary(of: $0, names) }
    }

    func summary(of thing: ThingRecord) async throws(RegistryError) -> DeviceSummary {
        summary(of: thing, try await commonNames(of: registry.certificates(attachedTo: thing.name)))
    }

    private func summary(of thing: ThingRecord, _ commonNames: [CertificateID: String]) -> DeviceSummary {
        let certificates = registry.certificates(attachedTo: thing.name).compactMap {
            registry.certificate($0)
        }
        return DeviceSummary(
            name: thing.name, typeName: thing.typeName, attributes: thing.attributes,
            certificates: certificates.map { summary(of: $0, commonName: commonNames[$0.id]) })
    }

    private func checkIsNew(_ name: String, _ exists: Bool) throws(RegistryError) {
        guard !exists else {
            throw RegistryError(
                .alreadyExists,
                "there is a device \(RegistryNames.quoted(name)) already; give it another key and certificate with "
                    + "certificate create --thing \(name)")
        }
    }

    /// A certificate named by the thing, for as long as the authority lives.
    private func issue(for name: String) throws(X509Error) -> IssuedCredential {
        // A day's grace for devices whose clock is slow.
        try authority.issueDevice(
            subject: .init(commonName: name), notBefore: now() - 86_400,
            notAfter: min(2_524_607_999, authority.certificate.notAfter), key: .p256)
    }

    private func credential(
        _ issued: IssuedCredential, thing: String, policies: [String]
    ) -> DeviceCredential {
        DeviceCredential(
            thing: thing, certificateID: issued.certificate.id.string, certificatePEM: issued.certificatePEM,
            privateKeyPEM: issued.privateKeyPEM, rootCertificatePEM: authority.certificate.pem,
            policies: policies, notAfter: issued.certificate.notAfter, tlsPort: tlsPort())
    }
}

extension RegistryTransaction {
    fileprivate mutating func register(
        _ issued: IssuedCredential, for thing: String, policies: [String], now: Int64
    ) throws(RegistryError) {
        let id = issued.certificate.id
        try register(certificate: issued.certificate, status: .active, now: now)
        try attach(thing: thing, to: id)
        for policy in policies { try attachPolicy(policy, to: id) }
    }
}
