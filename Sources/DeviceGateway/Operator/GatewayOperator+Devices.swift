import X509Auth

extension GatewayOperator {
    func addDevice(_ name: String, policies: [String]) async throws -> DeviceCredential {
        // Before the key is made, so that a slip costs nothing; again in the transaction, where it counts.
        try RegistryNames.checkThing(name)
        try checkIsNew(name, registry.thing(name) != nil)
        for policy in policies { _ = try self.policy(policy) }
        let issued = try issue(for: name, CertificateWish())
        let time = now()
        try await registry.write { [self] transaction throws(RegistryError) in
            try checkIsNew(name, (try? transaction.thingEntry(name)) != nil)
            try transaction.createThing(ThingRecord(name: name))
            try transaction.register(issued.certificate, for: name, policies: policies, now: time)
        }
        return credential(issued, thing: name, policies: policies)
    }

    func createCertificate(
        thing name: String, policies: [String], wish: CertificateWish
    ) async throws -> DeviceCredential {
        let creates = wish.createsThing ?? false
        if creates { try RegistryNames.checkThing(name) } else { _ = try thing(name) }
        for policy in policies { _ = try self.policy(policy) }
        let issued = try issue(for: name, wish)
        let time = now()
        try await registry.write { transaction throws(RegistryError) in
            if creates, (try? transaction.thingEntry(name)) == nil {
                try transaction.createThing(ThingRecord(name: name))
            }
            try transaction.register(issued.certificate, for: name, policies: policies, now: time)
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
    private func issue(for name: String, _ wish: CertificateWish) throws -> NewCertificate {
        let time = now()
        let subject = DistinguishedName(commonName: name)
        let names = (wish.dnsNames ?? []).map(GeneralName.dns)
        // A day's grace for devices whose clock is slow.
        let notBefore = time - 86_400
        let end = min(CertificateAuthority.deviceNotAfter, authority.certificate.notAfter)
        let notAfter = wish.notAfter ?? end
        guard notAfter > time, notAfter <= authority.certificate.notAfter else {
            throw OperatorError(
                .invalidArgument,
                "A certificate has to end in the future, and not after its authority's.")
        }
        guard let request = wish.request else {
            let issued = try authority.issueDevice(
                subject: subject, alternativeNames: names, notBefore: notBefore, notAfter: notAfter,
                key: wish.key ?? .p256)
            return NewCertificate(certificate: issued.certificate, privateKeyPEM: issued.privateKeyPEM)
        }
        guard wish.key == nil else {
            throw OperatorError(.invalidArgument, "A signing request brings its own key; don't name a kind.")
        }
        let certificate = try authority.sign(
            SigningRequest(pem: request), subject: subject, alternativeNames: names, notBefore: notBefore,
            notAfter: notAfter)
        return NewCertificate(certificate: certificate, privateKeyPEM: nil)
    }

    private func credential(
        _ issued: NewCertificate, thing: String, policies: [String]
    ) -> DeviceCredential {
        DeviceCredential(
            thing: thing, certificateID: issued.certificate.id.string,
            certificatePEM: issued.certificate.pem,
            privateKeyPEM: issued.privateKeyPEM, rootCertificatePEM: authority.certificate.pem,
            policies: policies, notAfter: issued.certificate.notAfter, tlsPort: tlsPort())
    }
}

/// What was issued just now; without a key where the device keeps it.
private struct NewCertificate: Sendable {
    let certificate: X509Certificate
    let privateKeyPEM: String?
}

extension RegistryTransaction {
    fileprivate mutating func register(
        _ certificate: X509Certificate, for thing: String, policies: [String], now: Int64
    ) throws(RegistryError) {
        let id = certificate.id
        try register(certificate: certificate, status: .active, now: now)
        try attach(thing: thing, to: id)
        for policy in policies { try attachPolicy(policy, to: id) }
    }
}
