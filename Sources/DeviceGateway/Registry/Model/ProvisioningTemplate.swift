public import X509Auth

/// What is made for a device that presents a certificate of a registered authority for the first time
/// (just-in-time provisioning, AWS IoT Developer Guide: "Just-in-time provisioning").
///
/// A thing is created under the name the template takes from the certificate, or, if one of that name
/// exists, left as it is; the certificate is attached to it and to the policies. Every authority with a
/// template is therefore trusted to name any thing.
public struct ProvisioningTemplate: Hashable, Sendable, Codable {
    /// Where the thing's name comes from.
    public enum ThingName: String, Hashable, Sendable, Codable {
        /// The common name of the certificate's subject. Without one, or with one that is not a valid
        /// thing name, the device is refused.
        case subjectCommonName
    }

    /// Where the thing's name comes from.
    public var thingName: ThingName
    /// The policies to attach; each must exist when the template is registered.
    public var policyNames: [String]
    /// The status the certificate is registered with: `ACTIVE` lets the device in at once,
    /// `PENDING_ACTIVATION` or `INACTIVE` waits for an operator.
    public var status: CertificateStatus

    /// Creates a template.
    public init(
        thingName: ThingName = .subjectCommonName, policyNames: [String],
        status: CertificateStatus = .active
    ) {
        self.thingName = thingName
        self.policyNames = policyNames
        self.status = status
    }
}
