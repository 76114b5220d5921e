import IoTPolicy
import X509Auth

extension PolicyContext {
    /// The facts of a CONNECT in the policy engine's terms.
    init(request: AdmissionRequest, scope: ARNScope, now: Int64) {
        self.init(transport: .mqtt, clientID: request.clientID)
        sourceIP = request.sourceIP
        if case .plaintext = request.endpoint { isSecure = false }
        time = now
        if request.isPersistent { connectAttributes.append("PersistentConnect") }
        if let willTopic = request.willTopic {
            connectAttributes.append("LastWill")
            lastWillTopic = scope.arn(topic: willTopic)
        }
    }
}

extension ThingContext {
    /// A thing the connecting certificate is attached to.
    init(_ record: ThingRecord, isExclusive: Bool = false) {
        self.init(
            name: record.name, typeName: record.typeName, attributes: record.attributes, isAttached: true,
            isExclusive: isExclusive)
    }
}

extension CertificateContext {
    /// A certificate's values for `${iot:Certificate…}`.
    init(_ certificate: X509Certificate) {
        self.init(
            id: certificate.id.string, serialNumber: certificate.serialNumber.decimal,
            subject: certificate.subject.policyAttributes, issuer: certificate.issuer.policyAttributes,
            subjectAlternativeNames: certificate.subjectAlternativeNames.policyAttributes,
            issuerAlternativeNames: certificate.issuerAlternativeNames.policyAttributes)
    }
}
